#!/bin/sh
# Software: testcontainers 12.2.0 (npm), for Node.
# Behaviour: docker and podman ask a credential helper with the registry's name and nothing else; testcontainers adds a
#   newline to it. A helper that looks the name up as it comes has nothing for it.
# Output seen:
#   registry.example.com\n
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-audit --no-fund --ignore-scripts testcontainers@12.2.0
mkdir bin
cat > bin/docker-credential-writes << EOF
#!/bin/sh
cat > "$work/asked"
echo '{"ServerURL":"registry.example.com","Username":"u","Secret":"s"}'
EOF
chmod +x bin/docker-credential-writes
cat > ask.cjs << 'EOF'
const { CredHelpers } = require('./node_modules/testcontainers/build/container-runtime/auth/cred-helpers.js');
const config = { credHelpers: { 'registry.example.com': 'writes' } };
new CredHelpers().getAuthConfig('registry.example.com', config);
EOF
PATH="$work/bin:$PATH" node ask.cjs
asked=$(node -p 'JSON.stringify(fs.readFileSync("asked", "utf8")).slice(1, -1)')
printf '%s\n' "$asked"
[ "$asked" = 'registry.example.com\n' ]
