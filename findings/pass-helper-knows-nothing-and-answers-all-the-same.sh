#!/bin/sh
# Software: docker-credential-pass 0.6.4 (golang-docker-credential-helpers of Debian 12).
# Behaviour: a helper that has no login says "credentials not found in native keychain" and ends with 1, and the clients go by
#   that. This one prints a login with an empty name and an empty secret, and ends with 0, for a host that it never heard of,
#   and where there is no store at all. Whoever counts on the status sends an empty login.
# Output seen:
#   a host that it never heard of: {"ServerURL":"registry.example.com","Username":"","Secret":""} 0
#   no store: {"ServerURL":"registry.example.com","Username":"","Secret":""} 0
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get -q -o DPkg::Lock::Timeout=400 download golang-docker-credential-helpers=0.6.4+ds1-1+b6 pass=1.7.4-6 tree > /dev/null 2>&1
for package in *.deb; do dpkg-deb -x "$package" root; done
export PATH="$work/root/usr/bin:$PATH"
answered() { printf registry.example.com | docker-credential-pass get && echo " $?"; }
PASSWORD_STORE_DIR="$work/store" pass init a@example.com > /dev/null
for case in "a host that it never heard of:store" "no store:missing"; do
  seen=$(PASSWORD_STORE_DIR="$work/${case#*:}" answered | paste -s -d ' ' | tr -s ' ')
  echo "${case%:*}: $seen"
  [ "$seen" = '{"ServerURL":"registry.example.com","Username":"","Secret":""} 0' ]
done
