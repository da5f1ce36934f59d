// Makes the test vectors of docs/envelope.md and docs/access-log.md, from the text of those pages alone and with nothing
// but Node's own crypto, so that the C# code is held against a second implementation. See README.md.
import {
  createCipheriv, createECDH, createHash, createHmac, createPrivateKey, createPublicKey, sign, verify,
} from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";

const hex = bytes => Buffer.from(bytes).toString("hex");
const utf8 = text => Buffer.from(text, "utf8");
const fixed = (label, length = 32) => createHash("sha256").update(label).digest().subarray(0, length);
const u32 = n => { const b = Buffer.alloc(4); b.writeInt32BE(n); return b; };
const u64 = n => { const b = Buffer.alloc(8); b.writeBigInt64BE(BigInt(n)); return b; };
const hmac = (key, ...parts) => createHmac("sha256", key).update(Buffer.concat(parts)).digest();
const sha256 = (...parts) => createHash("sha256").update(Buffer.concat(parts)).digest();

function base32(bytes) {
  const alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
  let bits = [...bytes].map(b => b.toString(2).padStart(8, "0")).join("");
  while (bits.length % 5) bits += "0";
  return bits.match(/.{5}/g).map(five => alphabet[parseInt(five, 2)]).join("");
}

// HKDF-Expand (RFC 5869 §2.3) for one block of 32 bytes: T(1) = HMAC(PRK, info || 0x01)
const derive = (key, label, context) => hmac(key, utf8(label), Buffer.of(0), utf8(context), Buffer.of(1));

function associated(header, binding) {
  const parts = [binding.purpose, binding.application, binding.user, binding.place, ...(binding.more ?? [])];
  return Buffer.concat([header, ...parts.map(utf8).flatMap(part => [u32(part.length), part])]);
}

function seal(key, version, nonce, binding, plaintext) {
  const header = Buffer.concat([Buffer.of(1), u32(version)]);
  const cipher = createCipheriv("aes-256-gcm", key, nonce, { authTagLength: 16 });
  cipher.setAAD(associated(header, binding));
  const ciphertext = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  return Buffer.concat([header, nonce, ciphertext, cipher.getAuthTag()]);
}

const app = "app_01jd5tq9rkf0r8hxm2n4vwczye";
const otherApp = "app_01jd5tq9rkf0r8hxm2n4vwczyf";
const user = "usr_01jd5tr2v1ek9abtgqds3mn6p8";
const otherUser = "usr_01jd5tr2v1ek9abtgqds3mn6p9";
const script = "scr_01jd5ts8x6g3h5jk7mn9pqrstv";
const record = "rec_01jd5tt4c2h4j6k8mapcrdtevf";

// The whole hierarchy, fixed.
const master = { 1: fixed("master 1"), 2: fixed("master 2") };
const applicationKey = fixed("application key");
const subkeys = { index: fixed("index key"), log: fixed("log key"), state: fixed("state key") };
const userKey = fixed("user key");

const bindings = [
  { kind: "field", name: "email", purpose: "field", application: app, user, place: "field/email" },
  { kind: "field", name: "größe", purpose: "field", application: app, user, place: "field/größe" },
  { kind: "record", name: "messages", id: record, purpose: "record", application: app, user, place: `record/messages/${record}` },
  { kind: "user-key", purpose: "key", application: app, user, place: "user-key" },
  ...["application", "index", "log", "state"].map(name => (
    { kind: "application-key", name, version: 3, purpose: "key", application: app, user: "", place: `${name}-key/3` })),
  { kind: "state", owner: app, entity: user, version: 7, tags: [`key/${app}/1`, "ix/1.1/abc"],
    purpose: "state", application: app, user, place: "state/7", more: [`key/${app}/1`, "ix/1.1/abc"] },
  { kind: "state", owner: "master", entity: "installation", version: 1, tags: [],
    purpose: "state", application: "master", user: "installation", place: "state/1", more: [] },
].map(b => ({ ...b, associated: hex(associated(Buffer.from("0100000001", "hex"), b)) }));

function envelopes() {
  const vectors = [];
  const add = (name, expect, key, version, binding, envelope, more = {}) => vectors.push(
    { name, expect, keyVersion: version, key: hex(key), binding, envelope: hex(envelope), ...more });
  const sealed = (name, version, binding, text) => {
    const nonce = fixed(`nonce of ${name}`, 12), key = fixed(`key ${version}`);
    const envelope = seal(key, version, nonce, binding, text);
    add(name, "opens", key, version, binding, envelope, { nonce: hex(nonce), plaintext: hex(text) });
    return { key, version, binding, envelope };
  };
  const strip = ({ purpose, application, user, place, more = [] }) => ({ purpose, application, user, place, more });
  for (const b of bindings) sealed(`sealed for ${b.place}`, 1, strip(b), utf8(`in ${b.place}`));
  sealed("an empty plaintext", 1, strip(bindings[0]), Buffer.alloc(0));
  sealed("a high key version", 2147483647, strip(bindings[0]), utf8("x"));
  sealed("a long plaintext", 2, strip(bindings[2]), Buffer.alloc(5000, 0xa5));
  sealed("parts that would look alike without lengths",
    1, { purpose: "fie", application: "ld" + app, user: "", place: user, more: [] }, utf8("x"));

  const { key, version, binding, envelope } = sealed(
    "the one that the failing ones come from", 1, { ...strip(bindings[0]), more: ["a tag"] }, utf8("ada@example.org"));
  const fails = (name, changed, wrong = {}) =>
    add(name, "fails", wrong.key ?? key, wrong.version ?? version, wrong.binding ?? binding, changed);
  add("an older version of the key", "stale", key, version, binding, envelope, { newer: hex(fixed("key 9")) });
  fails("wrong key", envelope, { key: fixed("another key") });
  fails("unknown key version", envelope, { version: 2 });
  for (const format of [0, 2, 255]) {
    const changed = Buffer.from(envelope);
    changed[0] = format;
    fails(`unknown format version ${format}`, changed);
  }
  const elsewhere = { purpose: "record", application: otherApp, user: otherUser, place: "field/name", more: ["another tag"] };
  for (const part of Object.keys(elsewhere))
    fails(`another ${part}`, envelope, { binding: { ...binding, [part]: elsewhere[part] } });
  fails("a part more", envelope, { binding: { ...binding, more: ["a tag", ""] } });
  fails("a part less", envelope, { binding: { ...binding, more: [] } });
  fails("parts cut elsewhere", envelope, { binding: { ...binding, purpose: "fiel", application: "d" + app } });
  for (let i = 0; i < envelope.length; i++) {
    const changed = Buffer.from(envelope);
    changed[i] ^= 1 << (i % 8);
    fails(`bit ${i % 8} of byte ${i} flipped`, changed);
  }
  for (let length = 0; length < envelope.length; length++) fails(`cut to ${length} bytes`, envelope.subarray(0, length));
  fails("a byte longer", Buffer.concat([envelope, Buffer.of(0)]));
  return vectors;
}

const derivations = [
  ["application key, for a user's wrapping key", applicationKey, "wrap", user],
  ["master key, for an application's wrapping key", master[1], "wrap", app],
  ["master key, for an application's state", master[1], "state", app],
  ["master key, for the installation's state", master[1], "state", "installation"],
  ["master key, for its check value", master[1], "check", "master"],
  ["state key, for a consent", subkeys.state, "state", `${user}/${script}`],
  ["index key, for a field", subkeys.index, "index", "e-mail größe"],
].map(([name, key, label, context]) => (
  { name, key: hex(key), label, context, derived: hex(derive(key, label, context)) }));

const ring = {
  text: `2:${master[2].toString("base64")},1:${master[1].toString("base64")}`,
  versions: [2, 1].map(version => ({
    version,
    check: base32(derive(master[version], "check", "master").subarray(0, 10)),
    wrap: hex(derive(master[version], "wrap", app)),
  })),
};

const wrap = (key, purpose, keyOf) => hex(seal(
  key, 1, fixed(`nonce of the wrapped ${purpose} key`, 12),
  { purpose: "key", application: app, user: "", place: `${purpose}-key/1` }, keyOf));
const keyWrap = {
  app, user, ring: `1:${master[1].toString("base64")}`,
  application: { key: hex(applicationKey), wrapped: wrap(derive(master[1], "wrap", app), "application", applicationKey) },
  ...Object.fromEntries(Object.entries(subkeys).map(([purpose, key]) =>
    [purpose, { key: hex(key), wrapped: wrap(applicationKey, purpose, key) }])),
  userKey: {
    key: hex(userKey),
    wrapped: hex(seal(derive(applicationKey, "wrap", user), 1, fixed("nonce of the wrapped user key", 12),
      { purpose: "key", application: app, user, place: "user-key" }, userKey)),
  },
};

// Simple case mapping: a character whose upper or lower case is several characters stays itself, and so do the dotted
// capital and the dotless small i.
const simple = (text, map) => [...text].map(c => {
  const mapped = map(c);
  return "\u0130\u0131".includes(c) || [...mapped].length !== 1 ? c : mapped;
}).join("");
const normalise = value => simple(
  simple(value.trim().normalize("NFKC"), c => c.toUpperCase()), c => c.toLowerCase()).normalize("NFKC");
const blindIndex = [
  ["email", "Ada@Example.ORG"], ["email", "  ada@example.org\t"], ["name", "ada@example.org"], ["city", "Zu\u0308rich"],
  ["city", "ZÜRICH"], ["city", "\uff3a\u00fcrich"], ["street", "Straße"], ["street", "STRASSE"], ["street", "STRA\u1e9eE"],
  ["name", "ΟΔΥΣΣΕΥΣ"], ["name", "Οδυσσευς"], ["name", "I\u0130\u0131i"], ["unit", "\u212a"], ["name", "ſ"],
  ["name", "\ufb01n"], ["name", "\u{10400}"], ["name", "ᾳ"], ["name", "ŉ"], ["name", "Ǆǅǆ"], ["city", "東京"],
].map(([field, value]) => ({
  field, value, normalised: normalise(value), keyVersion: 4, key: hex(subkeys.index),
  tag: `ix/4.1/${base32(hmac(derive(subkeys.index, "index", field), utf8(normalise(value))))}`,
}));

const credentialKey = fixed("credential key");
const credentials = [["app", app], ["usr", user], ["scr", script], ["op", "op_01jd5tw3d4f5g6h7j8k9mnpqrs"], ["claim", user]]
  .map(([tag, owner]) => {
    const secret = base32(fixed(`secret of ${tag}`));
    const text = `sud_${tag}_${owner.slice(owner.indexOf("_") + 1)}_${secret}`;
    return {
      kind: tag, owner, secret, text: text + base32(sha256(utf8(text))).slice(0, 4),
      verifier: hex(hmac(credentialKey, utf8(`${tag === "claim" ? "claim" : "credential"}\0${owner}\0${secret}`))),
    };
  });

const states = [
  [app, `${user}/${script}`, 1, [`given/${script}`], '{"app":"…"}', subkeys.state, 1],
  [app, user, 12, [`key/${app}/2`, "ix/1.1/0000"], "{}", subkeys.state, 3],
  ["master", app, 2, [], '{"x":1}', master[1], 1],
].map(([owner, entity, version, tags, text, key, keyVersion]) => ({
  owner, entity, version, tags, keyVersion, key: hex(key), plaintext: hex(utf8(text)),
  body: hex(seal(derive(key, "state", entity), keyVersion, fixed(`nonce of the state of ${entity}`, 12),
    { purpose: "state", application: owner, user: entity, place: `state/${version}`, more: tags }, utf8(text))),
}));

function log() {
  let previous = Buffer.alloc(32);
  const rows = [`{"at":1764547200000,"by":"${app}","app":"${app}","key":1,"act":10,"names":["field/email"]}`,
    `{"at":1764547201000,"by":"anonymous","app":"${app}","key":1,"change":1,"act":11}`,
    `{"at":1764547202000,"by":"${script}","app":"${app}","key":1,"change":2,"act":21,"purpose":"gr\\u00F6\\u00DFe"}`]
    .map((body, i) => {
      previous = hmac(subkeys.log, previous, u32(utf8(user).length), utf8(user), u64(i + 1), utf8(body));
      return { sequence: i + 1, body, mac: hex(previous) };
    });
  const batchKey = fixed("batch key");
  let last = { number: 0, last: 0, mac: Buffer.alloc(32) };
  const batches = [1, 3, 2].map((count, i) => {
    const macs = Array.from({ length: count }, (_, j) => fixed(`mac ${i}/${j}`));
    const batch = { number: last.number + 1, first: last.last + 1, last: last.last + count };
    const digest = sha256(...macs);
    const mac = hmac(batchKey, last.mac, u64(batch.number), u64(batch.first), u64(batch.last), digest);
    last = { ...batch, mac };
    return { ...batch, macs: macs.map(hex), digest: hex(digest), mac: hex(mac) };
  });
  return { key: hex(subkeys.log), chain: user, rows, batchKey: hex(batchKey), batches };
}

const records = [["text/plain", utf8("grüezi"), 1764547200123], ["application/octet-stream", Buffer.alloc(0), 0]].map(
  ([contentType, data, storedAt]) => ({
    contentType, storedAt, data: hex(data),
    plaintext: hex(Buffer.concat([u64(storedAt), Buffer.of(contentType.length), utf8(contentType), data])),
  }));

function notice(text) {
  const list = parts => Buffer.concat([u32(parts.length), ...parts.map(utf8).flatMap(p => [u32(p.length), p])]);
  return sha256(list(["notice/1", text.name, text.purpose, text.legalBasis, text.retention]),
    list(text.fields), list(text.collections), list(text.recipients), masks(text)).toString("base64url");

  function masks({ fields, masks = {} }) {
    const words = { LastFour: "last4", Initial: "initial", Year: "year", EmailDomain: "domain" };
    const masked = fields.filter(field => masks[field]).map(field => `${field}:${words[masks[field]]}`);
    return masked.length ? list(masked) : Buffer.alloc(0);
  }
}
const newsletter = { name: "Newsletter", purpose: "Monatsbrief an größte Kunden", legalBasis: "Consent", retention: "P30D",
  fields: ["email", "name"], collections: ["orders"], recipients: ["Post AG"] };
const notices = [
  newsletter,
  { ...newsletter, masks: { email: "EmailDomain" } },
  { ...newsletter, masks: { name: "Initial", email: "EmailDomain" } },
  { ...newsletter, fields: ["née", "soc_sec_id", "born"], collections: [], recipients: [],
    masks: { born: "Year", "née": "LastFour" } },
].map(t => ({ ...t, notice: notice(t) }));

// An ECDSA signature is made with a random number: one that still verifies is kept, so that the file stays the same.
function certificate() {
  const d = derive(credentialKey, "certificate", "1"), ecdh = createECDH("prime256v1");
  ecdh.setPrivateKey(d);
  const q = ecdh.getPublicKey(), b64 = bytes => Buffer.from(bytes).toString("base64url");
  const jwk = { kty: "EC", crv: "P-256", x: b64(q.subarray(1, 33)), y: b64(q.subarray(33)), d: b64(d) };
  const privateKey = createPrivateKey({ key: jwk, format: "jwk" }), publicKey = createPublicKey(privateKey);
  const spki = publicKey.export({ type: "spki", format: "der" });
  const header = { alg: "ES256", typ: "sud-erasure+jws", kid: b64(sha256(spki).subarray(0, 16)) };
  const claims = { format: "erasure/1", user, app, requestedBy: user, requestedAt: "2026-11-21T09:00:00+00:00",
    erasedAt: "2026-11-21T09:00:01+00:00", removed: [{ what: "records", count: 2 }],
    remains: [{ what: "access log entries", count: 17, until: "the retention of the access log is over" }],
    backups: "none", logSequence: 17, logMac: b64(fixed("mac")) };
  const text = [header, claims].map(part => b64(utf8(JSON.stringify(part)))).join(".");
  const key = { key: publicKey, dsaEncoding: "ieee-p1363" }, file = new URL("certificate.json", import.meta.url);
  let signature = existsSync(file) ? JSON.parse(readFileSync(file)).certificate.split(".")[2] : "";
  if (!verify("sha256", utf8(text), key, Buffer.from(signature, "base64url")))
    signature = b64(sign("sha256", utf8(text), { key: privateKey, dsaEncoding: "ieee-p1363" }));
  return { credentialKey: hex(credentialKey), publicKey: publicKey.export({ type: "spki", format: "pem" }),
    claims, certificate: `${text}.${signature}` };
}

const files = {
  "envelope": envelopes(), "bindings": bindings, "derivation": { derivations, ring }, "key-wrap": keyWrap,
  "blind-index": blindIndex, "credential": { key: hex(credentialKey), credentials }, "state-seal": states, "log": log(),
  "record": records, "notice": notices, "certificate": certificate(),
};
for (const [name, vectors] of Object.entries(files))
  writeFileSync(new URL(`${name}.json`, import.meta.url), JSON.stringify(vectors, null, 1) + "\n");
