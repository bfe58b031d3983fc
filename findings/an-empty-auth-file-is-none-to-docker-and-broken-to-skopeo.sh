#!/bin/sh
# Software: skopeo 1.9.3 (its library containers/image as of 2022) and docker CLI 20.10.24, both of Debian 12.
# Behaviour: a file for logins that was just made, by mktemp say, is empty. docker takes it for a file without logins;
#   skopeo fails for it, even where it only looks whether there is a login.
# Output seen:
#   docker: Removing login credentials for registry.example.com
#   skopeo, empty: unexpected end of JSON input
#   skopeo, with {}: not logged into registry.example.com
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get -q -o DPkg::Lock::Timeout=400 download skopeo=1.9.3+ds1-1+b10 libgpgme11 libassuan0 libdevmapper1.02.1 \
  docker.io=20.10.24+dfsg1-1+deb12u1+b6 > /dev/null 2>&1
for package in *.deb; do dpkg-deb -x "$package" root; done
export LD_LIBRARY_PATH="$work/root/usr/lib/x86_64-linux-gnu:$work/root/lib/x86_64-linux-gnu"
host=registry.example.com
file=$(mktemp "$work/XXXXXX")
mkdir config
cp "$file" config/config.json
docker=$(root/usr/bin/docker --config config logout "$host")
skopeo() {
  root/usr/bin/skopeo login --get-login --authfile "$file" "$host" 2>&1 |
    sed 's/.*msg="\(.*\)"$/\1/; s/.*\(unexpected end of JSON input\).*/\1/'
}
empty=$(skopeo)
echo '{}' > "$file"
object=$(skopeo)
echo "docker: $docker"
echo "skopeo, empty: $empty"
echo "skopeo, with {}: $object"
[ "$docker" = "Removing login credentials for $host" ]
[ "$empty" = 'unexpected end of JSON input' ]
[ "$object" = "not logged into $host" ]
