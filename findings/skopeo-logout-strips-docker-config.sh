#!/bin/sh
# Software: skopeo 1.9.3 (Debian 12), its library containers/image as of 2022.
# Behaviour: `skopeo logout --authfile FILE HOST` writes back only the keys it knows. Aimed at docker's own
#   config.json, which it reads and writes without complaint, it removes one login and with it `credsStore`,
#   `HttpHeaders` and `currentContext`: the logins in the desktop's keychain are out of docker's reach from then on.
# Output seen: "keys left: auths credHelpers"
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get -q -o DPkg::Lock::Timeout=400 download skopeo=1.9.3+ds1-1+b10 libgpgme11 libassuan0 libdevmapper1.02.1 > /dev/null 2>&1
for package in *.deb; do dpkg-deb -x "$package" root; done
cat > config.json <<'JSON'
{
  "auths": {
    "registry.example.com": { "auth": "dTpw" },
    "other.example.com": { "auth": "dTpw" }
  },
  "credsStore": "pass",
  "HttpHeaders": { "X-Meta-Source": "build" },
  "currentContext": "build",
  "credHelpers": { "helper.example.com": "secretservice" }
}
JSON
export LD_LIBRARY_PATH="$work/root/usr/lib/x86_64-linux-gnu:$work/root/lib/x86_64-linux-gnu"
root/usr/bin/skopeo --version
root/usr/bin/skopeo logout --authfile config.json registry.example.com
left=$(node -p "Object.keys(JSON.parse(require('fs').readFileSync('config.json'))).sort().join(' ')")
echo "keys left: $left"
[ "$left" = "auths credHelpers" ]
