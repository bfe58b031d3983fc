#!/bin/sh
# Software: testcontainers 12.2.0 (npm), for Node.
# Behaviour: helpers answer with tokens that live for some minutes, and docker and podman ask for one for each pull. testcontainers
#   asks once and keeps the answer as long as the process lives: a long run of tests goes on with a token that has ended. What the
#   helper did not have is kept, too, so that a login during the run is not seen.
# Output seen:
#   asked three times, answered: token-1 token-1 token-1
#   before and after a login: none none
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-audit --no-fund --ignore-scripts testcontainers@12.2.0
mkdir bin
cat > bin/docker-credential-counting << EOF
#!/bin/sh
host=\$(cat)
[ "\$host" = registry.example.com ] || [ -e "$work/logged-in" ] || {
  echo 'credentials not found in native keychain'
  exit 1
}
echo x >> "$work/asked"
echo "{\"Username\":\"u\",\"Secret\":\"token-\$(wc -l < "$work/asked")\"}"
EOF
chmod +x bin/docker-credential-counting
echo '{"credHelpers":{"registry.example.com":"counting","other.example.com":"counting"}}' > config.json
cat > ask.cjs << 'EOF'
const { writeFileSync } = require('node:fs');
const { getAuthConfig } = require('testcontainers/build/container-runtime/auth/get-auth-config.js');
(async () => {
  const answered = async (host) => (await getAuthConfig(host))?.password ?? 'none';
  const host = 'registry.example.com';
  console.log('asked three times, answered:', await answered(host), await answered(host), await answered(host));
  const before = await answered('other.example.com');
  writeFileSync('logged-in', '');
  console.log('before and after a login:', before, await answered('other.example.com'));
})();
EOF
DOCKER_CONFIG="$work" PATH="$work/bin:$PATH" node ask.cjs > seen
cat seen
printf '%s\n' 'asked three times, answered: token-1 token-1 token-1' 'before and after a login: none none' | cmp - seen
