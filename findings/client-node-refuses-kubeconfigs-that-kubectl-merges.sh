#!/bin/sh
# Software: @kubernetes/client-node 2.0.1, beside kubectl 1.20.5 (Debian 12).
# Behaviour: KUBECONFIG may name several files. kubectl lets the first file that defines a name win and passes over
#   files that are not there; the field's client for JavaScript throws in both cases, and no context can be used.
# Output seen:
#   kubectl, one name in two files: https://first.example.com:6443
#   client-node, one name in two files: Duplicate cluster: c
#   kubectl, a file that is missing: https://first.example.com:6443
#   client-node, a file that is missing: ENOENT
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y > /dev/null
npm install --silent --no-audit --no-fund node@24.21.0 @kubernetes/client-node@2.0.1 > /dev/null
apt-get -q -o DPkg::Lock::Timeout=400 download kubernetes-client=1.20.5+really1.20.2-1.1+deb12u1 > /dev/null 2>&1
dpkg-deb -x kubernetes-client*.deb root
for name in first second; do
  cat > "$name" <<YAML
apiVersion: v1
kind: Config
current-context: dev
clusters: [{ name: c, cluster: { server: "https://$name.example.com:6443" } }]
users: [{ name: u, user: { token: t } }]
contexts: [{ name: dev, context: { cluster: c, user: u } }]
YAML
done
cat > read.mjs <<'JS'
import { KubeConfig } from '@kubernetes/client-node/dist/config.js';
const config = new KubeConfig();
try {
  config.loadFromDefault();
  console.log(config.getCurrentCluster().server);
} catch (error) {
  console.log(error.code ?? error.message);
}
JS
kubectl() { root/usr/bin/kubectl config view --minify -o 'jsonpath={.clusters[0].cluster.server}'; }
client_node() { node_modules/.bin/node read.mjs; }
check() {
  echo "$1: $2"
  [ "$2" = "$3" ]
}
export KUBECONFIG="$work/first:$work/second"
check "kubectl, one name in two files" "$(kubectl)" https://first.example.com:6443
check "client-node, one name in two files" "$(client_node)" "Duplicate cluster: c"
export KUBECONFIG="$work/first:$work/missing"
check "kubectl, a file that is missing" "$(kubectl)" https://first.example.com:6443
check "client-node, a file that is missing" "$(client_node)" ENOENT
