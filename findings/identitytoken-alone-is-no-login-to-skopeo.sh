#!/bin/sh
# Software: skopeo 1.9.3 (Debian 12), its library containers/image as of 2022.
# Behaviour: docker's config knows two kinds of entries, `auth` and `identitytoken`; a login by a browser leaves the
#   second. An entry that has `identitytoken` alone is passed over as if it were not there; beside an `auth` it counts.
# Output seen:
#   identitytoken alone: not logged into registry.example.com
#   identitytoken beside auth: u
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get -q -o DPkg::Lock::Timeout=400 download skopeo=1.9.3+ds1-1+b10 libgpgme11 libassuan0 libdevmapper1.02.1 > /dev/null 2>&1
for package in *.deb; do dpkg-deb -x "$package" root; done
export LD_LIBRARY_PATH="$work/root/usr/lib/x86_64-linux-gnu:$work/root/lib/x86_64-linux-gnu"
who() {
  printf '%s' "$1" > auth.json
  root/usr/bin/skopeo login --get-login --authfile auth.json registry.example.com 2>&1 |
    sed 's/.*msg="\(.*\)"$/\1/'
}
alone=$(who '{"auths":{"registry.example.com":{"identitytoken":"t"}}}')
beside=$(who '{"auths":{"registry.example.com":{"auth":"dTpw","identitytoken":"t"}}}')
echo "identitytoken alone: $alone"
echo "identitytoken beside auth: $beside"
[ "$alone" = 'not logged into registry.example.com' ]
[ "$beside" = u ]
