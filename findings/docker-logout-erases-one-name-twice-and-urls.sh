#!/bin/sh
# Software: docker CLI 20.10.24 (docker.io of Debian 12).
# Behaviour: a logout asks a helper more than once to erase. One that is named for the registry (credHelpers) is given the
#   host two times; one that is named for all (credsStore) besides two URLs, which nobody ever stored.
# Output seen:
#   credHelpers: registry.example.com registry.example.com
#   credsStore: registry.example.com registry.example.com http://registry.example.com https://registry.example.com
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get -q -o DPkg::Lock::Timeout=400 download docker.io=20.10.24+dfsg1-1+deb12u1+b6 > /dev/null 2>&1
dpkg-deb -x docker.io_*.deb root
mkdir bin config
cat > bin/docker-credential-writes << EOF
#!/bin/sh
echo "\$(cat)" >> "$work/asked-to-\$1"
EOF
chmod +x bin/docker-credential-writes
erased() {
  rm -f asked-to-erase
  echo "{\"auths\":{\"registry.example.com\":{}},$1}" > config/config.json
  env PATH="$work/bin:$PATH" root/usr/bin/docker --config config logout registry.example.com > /dev/null
  paste -s -d ' ' asked-to-erase
}
named=$(erased '"credHelpers":{"registry.example.com":"writes"}')
all=$(erased '"credsStore":"writes"')
echo "credHelpers: $named"
echo "credsStore: $all"
host=registry.example.com
[ "$named" = "$host $host" ]
[ "$all" = "$host $host http://$host https://$host" ]
