#!/bin/sh
# Software: @kubernetes/client-node 2.0.1, beside kubectl 1.20.5 (Debian 12).
# Behaviour: a kubeconfig may name the file that a token is in (`tokenFile`), which something else keeps fresh. kubectl sends
#   that token. The field's client for JavaScript reads no such file and says nothing: its requests are anonymous.
# Output seen:
#   kubectl sends: Authorization
#   client-node sends: nothing
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y > /dev/null
npm install --silent --no-audit --no-fund node@24.21.0 @kubernetes/client-node@2.0.1 > /dev/null
apt-get -q -o DPkg::Lock::Timeout=400 download kubernetes-client=1.20.5+really1.20.2-1.1+deb12u1 > /dev/null 2>&1
dpkg-deb -x kubernetes-client*.deb root
echo a-token > token
cat > kubeconfig << EOF
apiVersion: v1
kind: Config
current-context: dev
clusters: [{ name: c, cluster: { server: "https://127.0.0.1:1" } }]
users: [{ name: u, user: { tokenFile: $work/token } }]
contexts: [{ name: dev, context: { cluster: c, user: u } }]
EOF
cat > ask.mjs << 'EOF'
import { KubeConfig } from '@kubernetes/client-node/dist/config.js';
const config = new KubeConfig();
config.loadFromDefault();
const options = { headers: {} };
await config.applyToHTTPSOptions(options);
console.log(Object.keys(options.headers).join(' ') || 'nothing');
EOF
export KUBECONFIG="$work/kubeconfig"
# Nothing listens there; the log of a request has its headers all the same, the token left out.
kubectl=$(root/usr/bin/kubectl -v=9 get --raw / 2>&1 | grep -o -m 1 Authorization || echo nothing)
client_node=$(node_modules/.bin/node ask.mjs)
echo "kubectl sends: $kubectl"
echo "client-node sends: $client_node"
[ "$kubectl" = Authorization ]
[ "$client_node" = nothing ]
