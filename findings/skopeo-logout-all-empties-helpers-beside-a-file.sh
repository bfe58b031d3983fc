#!/bin/sh
# Software: skopeo 1.9.3 (Debian 12), its library containers/image as of 2022.
# Behaviour: registries.conf may name helpers that are asked before the files of logins. `skopeo logout --all --authfile FILE`
#   does not keep to that file: it lets each of these helpers list what it has, and erases it all, of hosts too that the
#   file has no entry of. A keychain may hold logins there that other programs made.
# Output seen:
#   left in the file: nothing
#   erased in the helper: one.example.com two.example.com
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get -q -o DPkg::Lock::Timeout=400 download skopeo=1.9.3+ds1-1+b10 libgpgme11 libassuan0 libdevmapper1.02.1 > /dev/null 2>&1
for package in *.deb; do dpkg-deb -x "$package" root; done
mkdir -p bin run .config/containers
cat > bin/docker-credential-keychain << 'SH'
#!/bin/sh
host=$(cat)
case $1 in
  list) echo '{ "one.example.com": "u", "two.example.com": "u" }' ;;
  get) echo '{ "Username": "u", "Secret": "p" }' ;;
  erase) echo "$host" >> "$ERASED" ;;
esac
SH
chmod +x bin/docker-credential-keychain
echo 'credential-helpers = ["keychain", "containers-auth.json"]' > .config/containers/registries.conf
echo '{ "auths": { "registry.example.com": { "auth": "dTpw" } } }' > auth.json
env -i PATH="$work/bin:$PATH" HOME="$work" XDG_RUNTIME_DIR="$work/run" ERASED="$work/erased" \
  LD_LIBRARY_PATH="$work/root/usr/lib/x86_64-linux-gnu:$work/root/lib/x86_64-linux-gnu" \
  root/usr/bin/skopeo logout --all --authfile auth.json > /dev/null
left=$(node -p "Object.keys(JSON.parse(fs.readFileSync('auth.json')).auths).join(' ') || 'nothing'")
erased=$(sort -u erased | paste -s -d ' ')
echo "left in the file: $left"
echo "erased in the helper: $erased"
[ "$left" = nothing ]
[ "$erased" = 'one.example.com two.example.com' ]
