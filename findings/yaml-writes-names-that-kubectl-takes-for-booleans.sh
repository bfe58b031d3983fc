#!/bin/sh
# Software: yaml 2.9.1 (npm), beside kubectl 1.20.5 (Debian 12).
# Behaviour: yaml writes version 1.2, where `on` is a word and needs no quotes; kubectl reads version 1.1, where it is a boolean,
#   and a name must be none: of a kubeconfig with such a context it refuses every part. Asked for version 1.1, yaml
#   writes quotes, and both agree.
# Output seen:
#   by default: name: on: refused
#   as version 1.1: name: "on": read as on
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y > /dev/null
npm install --silent --no-audit --no-fund yaml@2.9.1 > /dev/null
apt-get -q -o DPkg::Lock::Timeout=400 download kubernetes-client=1.20.5+really1.20.2-1.1+deb12u1 > /dev/null 2>&1
dpkg-deb -x kubernetes-client*.deb root
cat > write.mjs << 'EOF'
import { stringify } from 'yaml';
const config = {
  apiVersion: 'v1',
  kind: 'Config',
  'current-context': 'on',
  clusters: [{ name: 'c', cluster: { server: 'https://api.example.com' } }],
  contexts: [{ name: 'on', context: { cluster: 'c', user: 'u' } }],
};
console.log(stringify(config, JSON.parse(process.argv[2])));
EOF
check() {
  node write.mjs "$2" > kubeconfig
  written=$(sed -n 's/.*\(name: "\{0,1\}on"\{0,1\}\)$/\1/p' kubeconfig)
  if read=$(root/usr/bin/kubectl --kubeconfig kubeconfig config current-context 2> /dev/null); then
    read="read as $read"
  else
    read=refused
  fi
  echo "$1: $written: $read"
  [ "$written: $read" = "$3" ]
}
check 'by default' '{}' 'name: on: refused'
check 'as version 1.1' '{"version":"1.1"}' 'name: "on": read as on'
