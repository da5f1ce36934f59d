// HPKE (RFC 9180) for DHKEM(P-256, HKDF-SHA256), HKDF-SHA256, AES-256-GCM in mode base, on WebCrypto, and key files
// (docs/vault-cryptography.md): a second implementation, which shares no code with the first.
//
//   node hpke.mjs            a request in JSON on the standard input, the answer in JSON on the standard output
//   node hpke.mjs --seals >node-seals.json
import {
  createCipheriv, createECDH, createHash, createPrivateKey, createPublicKey, generateKeyPairSync, pbkdf2Sync,
  randomBytes, sign, verify, webcrypto,
} from "node:crypto";
import { readFileSync } from "node:fs";

const { subtle } = webcrypto;
const utf8 = text => Buffer.from(text, "utf8");
const hex = bytes => Buffer.from(bytes).toString("hex");
const unhex = text => Buffer.from(text, "hex");
const i2osp = (n, length) => unhex(n.toString(16).padStart(2 * length, "0"));
const empty = Buffer.alloc(0);

// RFC 2104 by way of WebCrypto, which refuses an empty key: one of zeros is the same
async function hmac(key, data) {
  const padded = key.length ? key : Buffer.alloc(32);
  const imported = await subtle.importKey("raw", padded, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  return Buffer.from(await subtle.sign("HMAC", imported, data));
}

// RFC 5869
const extract = (salt, ikm) => hmac(salt, ikm);
async function expand(prk, info, length) {
  let block = empty, output = empty;
  for (let n = 1; output.length < length; n++) {
    block = await hmac(prk, Buffer.concat([block, info, Buffer.of(n)]));
    output = Buffer.concat([output, block]);
  }
  return output.subarray(0, length);
}

// RFC 9180 §4
const kemSuite = Buffer.concat([utf8("KEM"), i2osp(0x0010, 2)]);
const suite = Buffer.concat([utf8("HPKE"), i2osp(0x0010, 2), i2osp(0x0001, 2), i2osp(0x0002, 2)]);
const labeledExtract = (id, salt, label, ikm) =>
  extract(salt, Buffer.concat([utf8("HPKE-v1"), id, utf8(label), ikm]));
const labeledExpand = (id, prk, label, info, length) =>
  expand(prk, Buffer.concat([i2osp(length, 2), utf8("HPKE-v1"), id, utf8(label), info]), length);

const ecdh = { name: "ECDH", namedCurve: "P-256" };

function publicOf(scalar) {
  const key = createECDH("prime256v1");
  key.setPrivateKey(scalar);
  return key.getPublicKey(null, "uncompressed");
}

async function dh(scalar, point) {
  const own = publicOf(scalar);
  const jwk = {
    kty: "EC", crv: "P-256", d: scalar.toString("base64url"),
    x: own.subarray(1, 33).toString("base64url"), y: own.subarray(33).toString("base64url"),
  };
  const privateKey = await subtle.importKey("jwk", jwk, ecdh, false, ["deriveBits"]);
  const publicKey = await subtle.importKey("raw", point, ecdh, false, []);
  return Buffer.from(await subtle.deriveBits({ name: "ECDH", public: publicKey }, privateKey, 256));
}

async function extractAndExpand(agreed, kemContext) {
  const prk = await labeledExtract(kemSuite, empty, "eae_prk", agreed);
  return labeledExpand(kemSuite, prk, "shared_secret", kemContext, 32);
}

async function keySchedule(sharedSecret, info) {
  const context = Buffer.concat([
    Buffer.of(0),
    await labeledExtract(suite, empty, "psk_id_hash", empty),
    await labeledExtract(suite, empty, "info_hash", info),
  ]);
  const secret = await labeledExtract(suite, sharedSecret, "secret", empty);
  const key = await labeledExpand(suite, secret, "key", context, 32);
  return {
    aes: await subtle.importKey("raw", key, "AES-GCM", false, ["encrypt", "decrypt"]),
    nonce: await labeledExpand(suite, secret, "base_nonce", context, 12),
  };
}

async function sealWith(ephemeral, recipient, info, aad, plaintext) {
  const enc = publicOf(ephemeral);
  const shared = await extractAndExpand(await dh(ephemeral, recipient), Buffer.concat([enc, recipient]));
  const { aes, nonce } = await keySchedule(shared, info);
  const body = await subtle.encrypt({ name: "AES-GCM", iv: nonce, additionalData: aad }, aes, plaintext);
  return Buffer.concat([enc, Buffer.from(body)]);
}

// §5.2: base_nonce XOR I2OSP(number, 12)
const numbered = (nonce, number) => Buffer.from(nonce).map((byte, at) =>
  byte ^ (at < 8 ? 0 : number >>> 8 * (11 - at)));

async function sealMany(recipient, info, aad, plaintexts) {
  const ephemeral = createECDH("prime256v1");
  ephemeral.generateKeys();
  const scalar = Buffer.concat([Buffer.alloc(32), ephemeral.getPrivateKey()]).subarray(-32);
  const enc = publicOf(scalar);
  const shared = await extractAndExpand(await dh(scalar, recipient), Buffer.concat([enc, recipient]));
  const { aes, nonce } = await keySchedule(shared, info);
  return Promise.all(plaintexts.map(async (plaintext, number) => {
    const cipher = { name: "AES-GCM", iv: numbered(nonce, number), additionalData: aad };
    return Buffer.concat([enc, i2osp(number, 4), Buffer.from(await subtle.encrypt(cipher, aes, plaintext))]);
  }));
}

async function openNumbered(scalar, info, aad, sealed) {
  const enc = sealed.subarray(0, 65);
  const shared = await extractAndExpand(await dh(scalar, enc), Buffer.concat([enc, publicOf(scalar)]));
  const { aes, nonce } = await keySchedule(shared, info);
  const cipher = { name: "AES-GCM", iv: numbered(nonce, sealed.readUInt32BE(65)), additionalData: aad };
  return Buffer.from(await subtle.decrypt(cipher, aes, sealed.subarray(69)));
}

function seal(recipient, info, aad, plaintext) {
  const ephemeral = createECDH("prime256v1");
  ephemeral.generateKeys();
  const scalar = Buffer.concat([Buffer.alloc(32), ephemeral.getPrivateKey()]).subarray(-32);
  return sealWith(scalar, recipient, info, aad, plaintext);
}

async function open(scalar, info, aad, sealed) {
  const enc = sealed.subarray(0, 65);
  const shared = await extractAndExpand(await dh(scalar, enc), Buffer.concat([enc, publicOf(scalar)]));
  const { aes, nonce } = await keySchedule(shared, info);
  const opened = { name: "AES-GCM", iv: nonce, additionalData: aad };
  return Buffer.from(await subtle.decrypt(opened, aes, sealed.subarray(65)));
}

function point(key) {
  const { x, y } = createPublicKey(key).export({ format: "jwk" });
  return Buffer.concat([Buffer.of(4), Buffer.from(x, "base64url"), Buffer.from(y, "base64url")]);
}

function publicKey(bytes) {
  const jwk = {
    kty: "EC", crv: "P-256",
    x: bytes.subarray(1, 33).toString("base64url"), y: bytes.subarray(33).toString("base64url"),
  };
  return createPublicKey({ key: jwk, format: "jwk" });
}

const blocks = text => text.split(/(?=^vault: )/m).map(block => ({
  vault: /^vault: (.*)$/m.exec(block)[1],
  user: /^user: (.*)$/m.exec(block)[1],
  purpose: /^purpose: (.*)$/m.exec(block)[1],
  pem: block,
}));

// RFC 8018 §6.2 in DER (X.690): Node itself writes such blocks with 2,048 rounds only
const der = (tag, ...parts) => {
  const body = Buffer.concat(parts);
  const bytes = [...i2osp(body.length, body.length < 256 ? 1 : 2)];
  const length = body.length < 128 ? bytes : [0x80 | bytes.length, ...bytes];
  return Buffer.concat([Buffer.of(tag, ...length), body]);
};
const sequence = (...parts) => der(0x30, ...parts);
const octets = bytes => der(0x04, bytes);
const oid = text => der(0x06, unhex(text));

function encrypted(key, passphrase, rounds) {
  const [salt, iv] = [randomBytes(16), randomBytes(16)];
  const cipher = createCipheriv("aes-256-cbc", pbkdf2Sync(utf8(passphrase), salt, rounds, 32, "sha256"), iv);
  const body = [cipher.update(key.export({ type: "pkcs8", format: "der" })), cipher.final()];
  const prf = sequence(oid("2a864886f70d0209"), der(0x05)); // hmacWithSHA256
  const kdf = sequence(oid("2a864886f70d01050c"), sequence(octets(salt), der(0x02, i2osp(rounds, 3)), prf)); // PBKDF2
  const scheme = sequence(kdf, sequence(oid("60864801650304012a"), octets(iv))); // aes256-CBC
  const info = sequence(sequence(oid("2a864886f70d01050d"), scheme), octets(Buffer.concat(body))); // PBES2
  const lines = info.toString("base64").match(/.{1,64}/g).join("\n");
  return `-----BEGIN ENCRYPTED PRIVATE KEY-----\n${lines}\n-----END ENCRYPTED PRIVATE KEY-----\n`;
}

const p1363 = { dsaEncoding: "ieee-p1363" };

const operations = {
  open: async ({ scalar, info, aad, seals }) => {
    const opened = [];
    for (const one of seals) opened.push(hex(await open(unhex(scalar), unhex(info), unhex(aad), unhex(one))));
    return { opened };
  },
  seal: async ({ recipient, info, aad, plaintexts }) => {
    const seals = [];
    for (const one of plaintexts)
      seals.push(hex(await seal(unhex(recipient), unhex(info), unhex(aad), unhex(one))));
    return { seals };
  },
  openNumbered: async ({ scalar, info, aad, seals }) => {
    const opened = [];
    for (const one of seals) opened.push(hex(await openNumbered(unhex(scalar), unhex(info), unhex(aad), unhex(one))));
    return { opened };
  },
  sealMany: async ({ recipient, info, aad, plaintexts }) => ({
    seals: (await sealMany(unhex(recipient), unhex(info), unhex(aad), plaintexts.map(unhex))).map(hex),
  }),
  keyFile: async ({ text, passphrase, info, aad, seal: sealed, data }) => {
    const [sealing, signing] = blocks(text).map(block =>
      ({ ...block, key: createPrivateKey({ key: block.pem, passphrase }) }));
    const scalar = Buffer.from(sealing.key.export({ format: "jwk" }).d, "base64url");
    return {
      names: [sealing, signing].map(({ vault, user, purpose }) => `${vault} ${user} ${purpose}`),
      sealing: hex(point(sealing.key)),
      signing: hex(point(signing.key)),
      opened: hex(await open(scalar, unhex(info), unhex(aad), unhex(sealed))),
      signature: hex(sign("sha256", unhex(data), { key: signing.key, ...p1363 })),
    };
  },
  newKeyFile: async ({ vault, user, passphrase, rounds }) => {
    const [sealing, signing] = [0, 1].map(() => generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey);
    const block = (purpose, key) =>
      `vault: ${vault}\nuser: ${user}\npurpose: ${purpose}\n${encrypted(key, passphrase, rounds)}`;
    return {
      text: block("sealing", sealing) + block("signing", signing),
      sealing: hex(point(sealing)),
      signing: hex(point(signing)),
    };
  },
  verify: async ({ key, data, signature }) => ({
    verified: verify("sha256", unhex(data), { key: publicKey(unhex(key)), ...p1363 }, unhex(signature)),
  }),
};

async function seals() {
  const fixed = label => createHash("sha256").update(label).digest();
  const list = [];
  for (const [i, length] of [0, 1, 31, 1000].entries()) {
    const scalar = fixed(`recipient ${i}`);
    const [info, aad] = [utf8(`info ${i}, not ASCII: é`), utf8(`associated ${i}`)];
    const plaintext = Buffer.concat(Array.from({ length: 32 }, (_, n) => fixed(`plaintext ${i} ${n}`)));
    const cut = plaintext.subarray(0, length);
    const sealed = await sealWith(fixed(`ephemeral ${i}`), publicOf(scalar), info, aad, cut);
    list.push({ scalar, info, aad, plaintext: cut, sealed });
  }
  return list.map(one => Object.fromEntries(Object.entries(one).map(([name, bytes]) => [name, hex(bytes)])));
}

if (process.argv[2] === "--seals") {
  process.stdout.write(JSON.stringify(await seals(), null, 2) + "\n");
} else {
  const request = JSON.parse(readFileSync(0, "utf8"));
  process.stdout.write(JSON.stringify(await operations[request.operation](request)));
}
