#!/bin/sh
# Software: skopeo 1.9.3 (Debian 12), its library containers/image as of 2022.
# Behaviour: names of registries are compared letter by letter. A login for HOST is none for HOST:443, nor the other way
#   round, though both are one server; while a path below the host is cut off until something is found.
# Output seen:
#   registry.example.com: u
#   registry.example.com:443: not logged into registry.example.com:443
#   registry.example.com/team/image: u
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get -q -o DPkg::Lock::Timeout=400 download skopeo=1.9.3+ds1-1+b10 libgpgme11 libassuan0 libdevmapper1.02.1 > /dev/null 2>&1
for package in *.deb; do dpkg-deb -x "$package" root; done
export LD_LIBRARY_PATH="$work/root/usr/lib/x86_64-linux-gnu:$work/root/lib/x86_64-linux-gnu"
host=registry.example.com
echo "{\"auths\":{\"$host\":{\"auth\":\"dTpw\"}}}" > auth.json
who() {
  root/usr/bin/skopeo login --get-login --authfile auth.json "$1" 2>&1 | sed 's/.*msg="\(.*\)"$/\1/'
}
for name in "$host" "$host:443" "$host/team/image"; do echo "$name: $(who "$name")"; done
[ "$(who "$host")" = u ]
[ "$(who "$host:443")" = "not logged into $host:443" ]
[ "$(who "$host/team/image")" = u ]
