#!/bin/sh
# Software: Bun 1.4.5 (`bun build --compile`), for macOS.
# Behaviour: what it compiles for macOS on arm64 is signed anew, ad hoc. For macOS on x64 the signature of the runtime stays
#   in the file, hardened, with its maker's name, and pages that were changed differ from it. Such a file has to be signed
#   again before it is run.
# Output seen:
#   arm64: ad hoc, no page differs
#   x64: hardened, pages differ
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y > /dev/null
npm install --silent --no-audit --no-fund bun@1.4.5 > /dev/null
echo 'console.log("hello");' > hello.js
cat > read-signature.js <<'JS'
const { createHash } = require('node:crypto');
const file = require('node:fs').readFileSync(process.argv[2]);
let at = 32;
while (file.readUInt32LE(at) !== 0x1d) at += file.readUInt32LE(at + 4);
const start = file.readUInt32LE(at + 8);
const directory = file.subarray(start + file.readUInt32BE(start + 16));
const [flags, digests, pages, limit] = [12, 16, 28, 32].map((place) => directory.readUInt32BE(place));
const size = 2 ** directory[39];
let differ = 0;
for (let page = 0; page < pages; page++) {
  const digest = createHash('sha256').update(file.subarray(page * size, Math.min((page + 1) * size, limit))).digest();
  if (!digest.equals(directory.subarray(digests + page * 32, digests + page * 32 + 32))) differ++;
}
const kind = flags & 2 ? 'ad hoc, ' : flags & 0x10000 ? 'hardened, ' : '';
console.log(kind + (differ === 0 ? 'no page differs' : 'pages differ'));
JS
signature_for() {
  archive=$(npm pack --silent "@oven/bun-darwin-$2@1.4.5")
  tar -xzf "$archive"
  node_modules/.bin/bun build --compile --target="bun-darwin-$1" --compile-executable-path=package/bin/bun \
    --outfile="hello-$1" hello.js > /dev/null
  rm -r package "$archive"
  node read-signature.js "hello-$1"
}
arm64=$(signature_for arm64 aarch64)
x64=$(signature_for x64 x64)
echo "arm64: $arm64"
echo "x64: $x64"
[ "$arm64" = 'ad hoc, no page differs' ]
[ "$x64" = 'hardened, pages differ' ]
