#!/bin/sh
# Software: npm 11.19.1 (`npm sbom`).
# Behaviour: with `--omit=dev` a dependency is left out of the bill of materials when a development dependency depends on
#   it as well, although it is installed, and `npm ls --omit=dev` names it. The bill then lacks what is shipped.
# Output seen:
#   npm ls: ms
#   npm sbom:
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y > /dev/null
npm install --silent --no-audit --no-fund --no-save --prefix npm npm@11.19.1 > /dev/null
npm install --silent --no-audit --no-fund --save-exact ms@2.1.3 > /dev/null
npm install --silent --no-audit --no-fund --save-exact --save-dev debug@4.4.3 > /dev/null
npm() { npm/node_modules/.bin/npm "$@"; }
listed=$(npm ls --omit=dev --parseable | sed -n 's|.*/node_modules/||p')
billed=$(npm sbom --omit=dev --sbom-format=cyclonedx | node -p '
  JSON.parse(require("fs").readFileSync(0, "utf8")).components.map(({ name }) => name).join(" ")')
echo "npm ls: $listed"
echo "npm sbom: $billed"
[ "$listed" = ms ] && [ -z "$billed" ]
