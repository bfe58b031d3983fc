#!/bin/sh
# Software: @kubernetes/client-node 2.0.1, beside kubectl 1.20.5 (Debian 12).
# Behaviour: a plugin may be named by a path from the kubeconfig's own directory, so that both can be moved. kubectl starts it from
#   there, wherever one stands. The field's client for JavaScript, which does so for certificates, looks for the plugin from
#   the directory that it was itself started in.
# Output seen:
#   kubectl: started
#   client-node: spawn ./bin/plugin ENOENT
#   client-node, in the kubeconfig's directory: started
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y > /dev/null
npm install --silent --no-audit --no-fund node@24.21.0 @kubernetes/client-node@2.0.1 > /dev/null
apt-get -q -o DPkg::Lock::Timeout=400 download kubernetes-client=1.20.5+really1.20.2-1.1+deb12u1 > /dev/null 2>&1
dpkg-deb -x kubernetes-client*.deb root
mkdir -p config/bin
cat > config/bin/plugin << EOF
#!/bin/sh
echo started > "$work/told"
echo '{"apiVersion":"client.authentication.k8s.io/v1beta1","kind":"ExecCredential","status":{"token":"t"}}'
EOF
chmod +x config/bin/plugin
cat > config/kubeconfig << EOF
apiVersion: v1
kind: Config
current-context: dev
clusters: [{ name: c, cluster: { server: "https://127.0.0.1:1" } }]
users: [{ name: u, user: { exec: { apiVersion: client.authentication.k8s.io/v1beta1, command: ./bin/plugin } } }]
contexts: [{ name: dev, context: { cluster: c, user: u } }]
EOF
cat > ask.mjs << 'EOF'
import { KubeConfig } from '@kubernetes/client-node/dist/config.js';
const config = new KubeConfig();
config.loadFromDefault();
const options = { headers: {} };
await config.applyToHTTPSOptions(options).catch((error) => console.log(error.message));
EOF
export KUBECONFIG="$work/config/kubeconfig"
# Nothing listens there; the plugin is asked before that is found out.
root/usr/bin/kubectl get --raw / > /dev/null 2>&1 || true
kubectl=$(cat told)
rm told
client_node=$(node_modules/.bin/node ask.mjs)
inside=$(cd config && ../node_modules/.bin/node ../ask.mjs && cat ../told)
echo "kubectl: $kubectl"
echo "client-node: $client_node"
echo "client-node, in the kubeconfig's directory: $inside"
[ "$kubectl" = started ]
[ "$client_node" = 'spawn ./bin/plugin ENOENT' ]
[ "$inside" = started ]
