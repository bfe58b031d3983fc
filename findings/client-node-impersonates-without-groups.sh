#!/bin/sh
# Software: @kubernetes/client-node 2.0.1, beside kubectl 1.20.5 (Debian 12).
# Behaviour: a kubeconfig may say whom its requests are made as, with that user's groups (`as`, `as-groups`). kubectl sends both.
#   The field's client for JavaScript sends the user alone, who then has other rights than the same kubeconfig has with kubectl.
# Output seen:
#   kubectl sends: Impersonate-Group Impersonate-User
#   client-node sends: Impersonate-User
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y > /dev/null
npm install --silent --no-audit --no-fund node@24.21.0 @kubernetes/client-node@2.0.1 > /dev/null
apt-get -q -o DPkg::Lock::Timeout=400 download kubernetes-client=1.20.5+really1.20.2-1.1+deb12u1 > /dev/null 2>&1
dpkg-deb -x kubernetes-client*.deb root
cat > kubeconfig << EOF
apiVersion: v1
kind: Config
current-context: dev
clusters: [{ name: c, cluster: { server: "https://127.0.0.1:1" } }]
users: [{ name: u, user: { token: t, as: alice, as-groups: [builders] } }]
contexts: [{ name: dev, context: { cluster: c, user: u } }]
EOF
cat > ask.mjs << 'EOF'
import { KubeConfig } from '@kubernetes/client-node/dist/config.js';
const config = new KubeConfig();
config.loadFromDefault();
const options = { headers: {} };
await config.applyToHTTPSOptions(options);
const names = Object.keys(options.headers).filter((name) => name.startsWith('Impersonate-'));
console.log(names.sort().join(' '));
EOF
export KUBECONFIG="$work/kubeconfig"
# Nothing listens there; the log of a request has its headers all the same.
kubectl=$(root/usr/bin/kubectl -v=9 get --raw / 2>&1 | grep -o 'Impersonate-[A-Z][a-z]*' | sort -u | paste -s -d ' ')
client_node=$(node_modules/.bin/node ask.mjs)
echo "kubectl sends: $kubectl"
echo "client-node sends: $client_node"
[ "$kubectl" = 'Impersonate-Group Impersonate-User' ]
[ "$client_node" = Impersonate-User ]
