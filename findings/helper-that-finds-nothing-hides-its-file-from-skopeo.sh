#!/bin/sh
# Software: skopeo 1.9.3 (Debian 12), its library containers/image as of 2022.
# Behaviour: a file of logins may name a helper for a registry and hold a login for it, too. Where the helper has found
#   nothing, the login in the same file is passed over, and the one in the next file is used.
# Output seen:
#   in the file that names the helper: not logged into registry.example.com
#   in the next file: u
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get -q -o DPkg::Lock::Timeout=400 download skopeo=1.9.3+ds1-1+b10 libgpgme11 libassuan0 libdevmapper1.02.1 > /dev/null 2>&1
for package in *.deb; do dpkg-deb -x "$package" root; done
export LD_LIBRARY_PATH="$work/root/usr/lib/x86_64-linux-gnu:$work/root/lib/x86_64-linux-gnu"
mkdir -p bin run/containers home/.docker
cat > bin/docker-credential-empty << 'EOF'
#!/bin/sh
cat > /dev/null
echo 'credentials not found in native keychain'
exit 1
EOF
chmod +x bin/docker-credential-empty
who() {
  env HOME="$work/home" XDG_RUNTIME_DIR="$work/run" PATH="$work/bin:$PATH" \
    root/usr/bin/skopeo login --get-login registry.example.com 2>&1 | sed 's/.*msg="\(.*\)"$/\1/'
}
helper='"credHelpers":{"registry.example.com":"empty"}'
login='"auths":{"registry.example.com":{"auth":"dTpw"}}'
echo "{$helper,$login}" > run/containers/auth.json
same=$(who)
echo "{$helper}" > run/containers/auth.json
echo "{$login}" > home/.docker/config.json
next=$(who)
echo "in the file that names the helper: $same"
echo "in the next file: $next"
[ "$same" = 'not logged into registry.example.com' ]
[ "$next" = u ]
