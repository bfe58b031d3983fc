#!/bin/sh
# Software: skopeo 1.9.3 (Debian 12), its library containers/image as of 2022.
# Behaviour: logins may stand under a URL, as older tools wrote them. A lookup cuts scheme and path from such a key, whatever the
#   path is, and finds the login for the whole host; a logout compares the key as it stands, says that there is no login,
#   and leaves it.
# Output seen:
#   login --get-login: u
#   logout: not logged into registry.example.com
#   left: https://registry.example.com/team
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get -q -o DPkg::Lock::Timeout=400 download skopeo=1.9.3+ds1-1+b10 libgpgme11 libassuan0 libdevmapper1.02.1 > /dev/null 2>&1
for package in *.deb; do dpkg-deb -x "$package" root; done
export LD_LIBRARY_PATH="$work/root/usr/lib/x86_64-linux-gnu:$work/root/lib/x86_64-linux-gnu"
host=registry.example.com
echo "{\"auths\":{\"https://$host/team\":{\"auth\":\"dTpw\"}}}" > auth.json
run_skopeo() {
  root/usr/bin/skopeo "$@" --authfile auth.json "$host" 2>&1 | sed 's/.*msg="\(.*\)"$/\1/'
}
found=$(run_skopeo login --get-login)
logout=$(run_skopeo logout)
left=$(node -p 'Object.keys(JSON.parse(fs.readFileSync("auth.json", "utf8")).auths).join(" ")')
echo "login --get-login: $found"
echo "logout: $logout"
echo "left: $left"
[ "$found" = u ]
[ "$logout" = "not logged into $host" ]
[ "$left" = "https://$host/team" ]
