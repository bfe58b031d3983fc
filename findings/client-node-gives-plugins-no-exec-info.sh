#!/bin/sh
# Software: @kubernetes/client-node 2.0.1, beside kubectl 1.20.5 (Debian 12).
# Behaviour: a kubeconfig may name a plugin that has the credential. kubectl tells it in KUBERNETES_EXEC_INFO which version of
#   the format to answer in; the field's client for JavaScript does not set that variable, and a plugin that goes by it
#   can't answer. Of calls at the same time each starts the plugin.
# Output seen:
#   kubectl: client.authentication.k8s.io/v1beta1
#   client-node: nothing
#   plugins that three calls of client-node start: 3
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y > /dev/null
npm install --silent --no-audit --no-fund node@24.21.0 @kubernetes/client-node@2.0.1 > /dev/null
apt-get -q -o DPkg::Lock::Timeout=400 download kubernetes-client=1.20.5+really1.20.2-1.1+deb12u1 > /dev/null 2>&1
dpkg-deb -x kubernetes-client*.deb root
cat > plugin << EOF
#!/bin/sh
version=\$(echo "\${KUBERNETES_EXEC_INFO-}" | sed -n 's/.*"apiVersion":"\([^"]*\)".*/\1/p')
echo "\${version:-nothing}" >> "$work/told"
echo '{"apiVersion":"client.authentication.k8s.io/v1beta1","kind":"ExecCredential","status":{"token":"t"}}'
EOF
chmod +x plugin
cat > kubeconfig << EOF
apiVersion: v1
kind: Config
current-context: dev
clusters: [{ name: c, cluster: { server: "https://127.0.0.1:1" } }]
users: [{ name: u, user: { exec: { apiVersion: client.authentication.k8s.io/v1beta1, command: $work/plugin } } }]
contexts: [{ name: dev, context: { cluster: c, user: u } }]
EOF
cat > ask.mjs << 'EOF'
import { KubeConfig } from '@kubernetes/client-node/dist/config.js';
const config = new KubeConfig();
config.loadFromDefault();
await Promise.all([1, 2, 3].map(() => config.applyToHTTPSOptions({})));
EOF
export KUBECONFIG="$work/kubeconfig"
# Nothing listens there; the plugin is asked before that is found out.
root/usr/bin/kubectl get --raw / > /dev/null 2>&1 || true
kubectl=$(sort -u told)
rm told
node_modules/.bin/node ask.mjs
client_node=$(sort -u told)
starts=$(wc -l < told)
echo "kubectl: $kubectl"
echo "client-node: $client_node"
echo "plugins that three calls of client-node start: $starts"
[ "$kubectl" = client.authentication.k8s.io/v1beta1 ]
[ "$client_node" = nothing ]
[ "$starts" = 3 ]
