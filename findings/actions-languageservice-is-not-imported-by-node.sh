#!/bin/sh
# Software: @actions/languageservice 0.3.61 (npm), GitHub's own validator of workflows and actions, and its @actions/workflow-parser.
# Behaviour: it says that it is for Node 20 and later, and is an ES module; Node can't import it. It imports a JSON file without
#   the attribute that Node asks for, which bundlers don't need. Bun imports it, and so does Node with a hook that adds the attribute.
# Output seen (Node 24.21.0):
#   import: ERR_IMPORT_ATTRIBUTE_MISSING
#   import with the attribute added: function
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-audit --no-fund --prefix . node@24.21.0 @actions/languageservice@0.3.61 > /dev/null
node=$work/node_modules/node/bin/node
cat > plain.mjs << 'JS'
import('@actions/languageservice').then(({ validate }) => console.log(typeof validate), (error) => console.log(error.code));
JS
cat > hooked.mjs << 'JS'
import { registerHooks } from 'node:module';
registerHooks({
  resolve(specifier, context, next) {
    const found = next(specifier, context);
    return found.url.endsWith('.json') ? { ...found, importAttributes: { type: 'json' } } : found;
  },
});
await import('./plain.mjs');
JS
plain=$("$node" plain.mjs)
hooked=$("$node" hooked.mjs)
echo "import: $plain"
echo "import with the attribute added: $hooked"
[ "$plain" = ERR_IMPORT_ATTRIBUTE_MISSING ]
[ "$hooked" = function ]
