#!/bin/sh
# Software: skopeo 1.9.3 (Debian 12) beside smol-toml 1.9.1.
# Behaviour: smol-toml reads TOML 1.1: an inline table may span lines, \x61 is a character, 07:32 is a time. The engines'
#   parser is of TOML 1.0 and ends every command with an error. Whoever checks a registries.conf with a current library
#   for JavaScript calls a file good which no image can be pulled with.
# Output seen:
#   an inline table on several lines: smol-toml reads it, skopeo: newlines not allowed
#   a character by its two digits: smol-toml reads it, skopeo: invalid escape
#   a time without seconds: smol-toml reads it, skopeo: Invalid TOML Datetime
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y > /dev/null
npm install --silent --no-audit --no-fund smol-toml@1.9.1 > /dev/null
apt-get -q -o DPkg::Lock::Timeout=400 download skopeo=1.9.3+ds1-1+b10 libgpgme11 libassuan0 libdevmapper1.02.1 > /dev/null 2>&1
for package in *.deb; do dpkg-deb -x "$package" root; done
export LD_LIBRARY_PATH="$work/root/usr/lib/x86_64-linux-gnu:$work/root/lib/x86_64-linux-gnu"
cat > read.mjs <<'JS'
import { readFileSync } from 'node:fs';
import { parse } from 'smol-toml';
parse(readFileSync('registries.conf', 'utf8'));
JS
check() {
  node read.mjs
  said=$(root/usr/bin/skopeo --registries-conf registries.conf inspect --raw docker://localhost:1/image 2>&1 || true)
  echo "$1: smol-toml reads it, skopeo: $(echo "$said" | grep -o -i "$2")"
}
printf '[[registry]]\nlocation = "localhost:1"\nmirror = [\n  { location = "mirror.example.com",\n    insecure = true },\n]\n' > registries.conf
check 'an inline table on several lines' 'newlines not allowed'
printf '[aliases]\n"image" = "registry.example.com/im\\x61ge"\n' > registries.conf
check 'a character by its two digits' 'invalid escape'
printf '[[registry]]\nlocation = "localhost:1"\nsince = 07:32\n' > registries.conf
check 'a time without seconds' 'Invalid TOML Datetime'
