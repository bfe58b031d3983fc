#!/bin/sh
# Software: @devcontainers/cli 0.89.0 (npm).
# Behaviour: a registry says in WWW-Authenticate where it has its tokens from. It may name a `service` as well, and need not:
#   OpenShift's own registry names none. This client does not ask for a token then, not even for one without a login, and
#   tells of a manifest that is not there. With any `service` it asks, and gets it.
# Output seen:
#   with a service, requests for: manifest token manifest
#   without one, requests for: manifest
set -eu
work=$(mktemp -d)
trap '[ -z "${server-}" ] || kill "$server"; rm -rf "$work"' EXIT
cd "$work"
npm init -y > /dev/null
npm install --silent --no-audit --no-fund --ignore-scripts @devcontainers/cli@0.89.0 > /dev/null
cat > registry.mjs << 'EOF'
import { createServer } from 'node:http';
const [challenge] = process.argv.slice(2);
const server = createServer(({ url, headers: { authorization = 'none', host } }, reply) => {
  const at = url.startsWith('/token') ? 'token' : 'manifest';
  console.error(`${at} ${authorization}`);
  if (at === 'token') reply.end('{"token":"t"}');
  else if (authorization === 'none')
    reply.writeHead(401, { 'www-authenticate': challenge.replace('HOST', host) }).end();
  else reply.end('{"schemaVersion":2,"config":{"mediaType":"application/vnd.devcontainers"},"layers":[]}');
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
EOF
mkfifo port
asked() {
  node registry.mjs "$1" > port 2> log &
  server=$!
  read -r port < port
  DOCKER_CONFIG="$work" node_modules/.bin/devcontainer features info manifest "localhost:$port/team/feature:1" > /dev/null 2>&1 || true
  kill "$server"
  wait "$server" 2> /dev/null || true
  server=
  cat log
}
with=$(asked 'Bearer realm="http://HOST/token",service="registry"' | cut -d ' ' -f 1 | paste -s -d ' ')
without=$(asked 'Bearer realm="http://HOST/token"' | cut -d ' ' -f 1 | paste -s -d ' ')
echo "with a service, requests for: $with"
echo "without one, requests for: $without"
[ "$with" = 'manifest token manifest' ]
[ "$without" = manifest ]
