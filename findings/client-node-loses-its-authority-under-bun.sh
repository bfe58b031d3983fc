#!/bin/sh
# Software: @kubernetes/client-node 2.0.1 under Bun 1.4.5 and under Node 24.21.0.
# Behaviour: a kubeconfig's certificate-authority-data is honoured under Node. Under Bun the typed API's requests go
#   without it (the client hands its TLS settings to undici's dispatcher, which Bun's own undici does not read), so
#   every cluster with an authority of its own, as OpenShift's are, is refused.
# Output seen:
#   node: 200
#   bun: the certificate is not trusted
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"; [ -z "${server:-}" ] || kill "$server"' EXIT
cd "$work"
npm init -y > /dev/null
npm install --silent --no-audit --no-fund node@24.21.0 bun@1.4.5 @kubernetes/client-node@2.0.1 > /dev/null
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=authority \
  -keyout ca.key -out ca.crt 2> /dev/null
openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=localhost -keyout tls.key -out tls.csr 2> /dev/null
printf 'subjectAltName=DNS:localhost,IP:127.0.0.1\n' > san
openssl x509 -req -in tls.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 2 -extfile san -out tls.crt 2> /dev/null
cat > server.mjs <<'JS'
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
const answer = { kind: 'NamespaceList', apiVersion: 'v1', metadata: {}, items: [] };
const server = createServer({ key: readFileSync('tls.key'), cert: readFileSync('tls.crt') }, (_, response) => {
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(answer));
});
server.listen(0, '127.0.0.1', () => writeFileSync('port', `${server.address().port}\n`));
JS
mkfifo port
node_modules/.bin/node server.mjs &
server=$!
read -r port < port
cat > list.mjs <<'JS'
import { readFileSync } from 'node:fs';
import { CoreV1Api, KubeConfig } from '@kubernetes/client-node';
const config = new KubeConfig();
const authority = readFileSync('ca.crt').toString('base64');
config.loadFromOptions({
  clusters: [{ name: 'c', server: `https://127.0.0.1:${process.argv[2]}`, caData: authority }],
  users: [{ name: 'u', token: 't' }],
  contexts: [{ name: 'x', cluster: 'c', user: 'u' }],
  currentContext: 'x',
});
try {
  await config.makeApiClient(CoreV1Api).listNamespace();
  console.log(200);
} catch (error) {
  const text = `${error?.code} ${error?.message} ${error?.cause?.code} ${error?.cause?.message}`;
  console.log(/certificate|SELF_SIGNED|UNABLE_TO/i.test(text) ? 'the certificate is not trusted' : text);
}
JS
node_said=$(node_modules/.bin/node list.mjs "$port")
bun_said=$(node_modules/.bin/bun list.mjs "$port")
echo "node: $node_said"
echo "bun: $bun_said"
[ "$node_said" = 200 ]
[ "$bun_said" = 'the certificate is not trusted' ]
