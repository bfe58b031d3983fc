#!/bin/sh
# Software: skopeo 1.9.3 (Debian 12), its library containers/image as of 2022.
# Behaviour: a helper that docker's config names for a registry is asked by every pull. A login asks it, too, and then
#   stores nothing with it: what was typed goes, base64-encoded, into the session's own file, which is read before
#   docker's. From then on the helper is not asked any more.
# Output seen:
#   asked by the login: get
#   kept in the session's file: dTpw
#   asked by the next look: nothing
set -eu
work=$(mktemp -d)
trap '[ -z "${server-}" ] || kill "$server"; rm -rf "$work"' EXIT
cd "$work"
apt-get -q -o DPkg::Lock::Timeout=400 download skopeo=1.9.3+ds1-1+b10 libgpgme11 libassuan0 libdevmapper1.02.1 > /dev/null 2>&1
for package in *.deb; do dpkg-deb -x "$package" root; done
export LD_LIBRARY_PATH="$work/root/usr/lib/x86_64-linux-gnu:$work/root/lib/x86_64-linux-gnu"
mkdir -p bin run home/.docker
cat > registry.mjs << 'EOF'
import { createServer } from 'node:http';
const server = createServer(({ headers }, response) => {
  response.writeHead(headers.authorization ? 200 : 401, { 'WWW-Authenticate': 'Basic realm="registry"' });
  response.end();
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
EOF
mkfifo port
node registry.mjs > port &
server=$!
read -r port < port
registry="127.0.0.1:$port"
cat > bin/docker-credential-keeps << EOF
#!/bin/sh
cat > /dev/null
echo "\$1" >> "$work/asked"
echo 'credentials not found in native keychain'
exit 1
EOF
chmod +x bin/docker-credential-keeps
echo "{\"credHelpers\":{\"$registry\":\"keeps\"}}" > home/.docker/config.json
run_skopeo() {
  : > asked
  env HOME="$work/home" XDG_RUNTIME_DIR="$work/run" PATH="$work/bin:$PATH" root/usr/bin/skopeo login "$@" > /dev/null
}
run_skopeo --tls-verify=false -u u -p p "$registry"
login=$(sort -u asked)
kept=$(sed -n 's/.*"auth": "\(.*\)".*/\1/p' run/containers/auth.json)
run_skopeo --get-login "$registry"
look=$(cat asked)
echo "asked by the login: $login"
echo "kept in the session's file: $kept"
echo "asked by the next look: ${look:-nothing}"
[ "$login" = get ]
[ "$kept" = dTpw ]
[ -z "$look" ]
