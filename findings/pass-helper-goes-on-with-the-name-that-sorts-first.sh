#!/bin/sh
# Software: docker-credential-pass 0.6.4 (golang-docker-credential-helpers of Debian 12), with pass 1.7.4; it needs GnuPG.
# Behaviour: who logs in to a registry by another name is stored beside the name before, and not in its place. The helper
#   answers with the one that comes first in the alphabet, and lists no other: after a login as carol pulls go on as alice.
# Output seen:
#   alice, then carol: alice
#   carol, then alice: alice
#   listed: {"registry.example.com":"alice"}
set -eu
work=$(mktemp -d)
trap 'GNUPGHOME=$work/gnupg gpgconf --kill all; rm -rf "$work"' EXIT
cd "$work"
apt-get -q -o DPkg::Lock::Timeout=400 download golang-docker-credential-helpers=0.6.4+ds1-1+b6 pass=1.7.4-6 tree > /dev/null 2>&1
for package in *.deb; do dpkg-deb -x "$package" root; done
export GNUPGHOME="$work/gnupg" PATH="$work/root/usr/bin:$PATH"
mkdir -m 700 gnupg
gpg --batch --quiet --passphrase '' --quick-generate-key a@example.com default default never 2> /dev/null
store() { echo "{\"ServerURL\":\"registry.example.com\",\"Username\":\"$1\",\"Secret\":\"of $1\"}" | docker-credential-pass store; }
answered() { printf registry.example.com | docker-credential-pass get | sed 's/.*"Username":"\([^"]*\)".*/\1/'; }
export PASSWORD_STORE_DIR="$work/first"
pass init a@example.com > /dev/null
store alice
store carol
first=$(answered)
listed=$(docker-credential-pass list)
export PASSWORD_STORE_DIR="$work/second"
pass init a@example.com > /dev/null
store carol
store alice
second=$(answered)
echo "alice, then carol: $first"
echo "carol, then alice: $second"
echo "listed: $listed"
[ "$first $second" = 'alice alice' ]
[ "$listed" = '{"registry.example.com":"alice"}' ]
