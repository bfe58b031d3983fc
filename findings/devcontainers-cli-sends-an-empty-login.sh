#!/bin/sh
# Software: @devcontainers/cli 0.89.0 (npm).
# Behaviour: who has no login for a registry asks it for a token without one. This client sends a login all the same, with an
#   empty name and an empty password (`Og==` is a colon, base64-encoded). A token server that checks what it is given
#   refuses that, where it would have given a token for public content to nobody.
# Output seen:
#   asked for a token with: Basic Og==
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
with=$(asked 'Bearer realm="http://HOST/token",service="registry"' | sed -n 's/^token //p')
echo "asked for a token with: $with"
[ "$with" = 'Basic Og==' ]
