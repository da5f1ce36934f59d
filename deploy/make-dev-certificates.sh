#!/usr/bin/env bash
# Makes an authority, a silo's certificate and a client's certificate for trying out and for tests. For real use have
# your own authority sign them, with the same extended key usages: they decide who can be a silo and who only a client.
#
#   deploy/make-dev-certificates.sh [FOLDER]      FOLDER: ./certificates unless named
#
# What is there is left as it is: nothing is overwritten. The authority's key is made anew with the first certificate
# only; keep it away from the silos, or delete it when all certificates are there.
set -euo pipefail
umask 077

folder=${1:-certificates}
days=${DAYS:-365}
mkdir -p "$folder"
cd "$folder"

if [ ! -e authority.pem ]; then
    if [ -e authority.key ]; then
        echo "$folder holds authority.key without authority.pem: move it away, or name another folder." >&2
        exit 1
    fi
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -sha256 -days "$days" \
        -subj "/CN=SecureUserData development authority" \
        -addext "basicConstraints=critical,CA:TRUE,pathlen:0" -addext "keyUsage=critical,keyCertSign,cRLSign" \
        -keyout authority.key -out authority.pem 2>/dev/null
    echo "made $folder/authority.pem"
fi

make_certificate() { # NAME USAGES
    if [ -e "$1.pem" ] && [ -e "$1.key" ]; then
        echo "$folder/$1.pem is there already: left as it is"
        return
    fi
    if [ -e "$1.pem" ] || [ -e "$1.key" ]; then
        echo "$folder holds one of $1.pem and $1.key: move it away." >&2
        exit 1
    fi
    if [ ! -e authority.key ]; then
        echo "$folder/authority.key is not there, and nothing else can sign $1.pem: name a new folder." >&2
        exit 1
    fi
    request=$(mktemp)
    extensions=$(mktemp)
    trap 'rm -f "$request" "$extensions"' EXIT
    printf '%s\n' "basicConstraints=critical,CA:FALSE" "keyUsage=critical,digitalSignature" \
        "extendedKeyUsage=$2" > "$extensions"
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -sha256 -subj "/CN=$1" \
        -keyout "$1.key" -out "$request" 2>/dev/null
    openssl x509 -req -sha256 -days "$days" -in "$request" -extfile "$extensions" \
        -CA authority.pem -CAkey authority.key -set_serial "0x$(openssl rand -hex 16 | sed 's/^./1/')" \
        -out "$1.pem" 2>/dev/null
    rm -f "$request" "$extensions"
    echo "made $folder/$1.pem and $folder/$1.key"
}

make_certificate silo serverAuth,clientAuth # silos connect to each other
make_certificate client clientAuth          # and so cannot pose as a silo
