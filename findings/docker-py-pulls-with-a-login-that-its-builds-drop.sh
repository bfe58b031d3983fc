#!/bin/sh
# Software: docker-py 5.0.3 (python3-docker of Debian 12, what docker-compose 1.29 is made with).
# Behaviour: docker's config may name a helper for a registry and hold a login for it, too. Where the helper has found nothing,
#   a pull takes the login in the file; what a build is given has nothing of it, so that the same image can be pulled and
#   can't be built upon. A helper that is not there fails both for the whole file: a build of anything, too.
# Output seen:
#   pull: u
#   build: None
#   build, another host's helper is missing: InitializationError
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get -q -o DPkg::Lock::Timeout=400 download python3-docker=5.0.3-1 python3-requests python3-urllib3 python3-six python3-websocket \
  python3-idna python3-certifi python3-chardet > /dev/null 2>&1
for package in *.deb; do dpkg-deb -x "$package" root; done
mkdir bin
cat > bin/docker-credential-empty << 'SH'
#!/bin/sh
cat > /dev/null
echo 'credentials not found in native keychain'
exit 1
SH
chmod +x bin/docker-credential-empty
cat > ask.py << 'PY'
from docker import auth

HOST = 'registry.example.com'
helpers = {HOST: 'empty'}


def config(helpers):
    return auth.AuthConfig({'auths': {HOST: {'username': 'u', 'password': 'p'}}, 'credHelpers': helpers})


print('pull:', config(helpers).resolve_authconfig(HOST)['username'])
print('build:', config(helpers).get_all_credentials()[HOST])
try:
    config({'other.example.com': 'missing'}).get_all_credentials()
except Exception as error:
    print("build, another host's helper is missing:", type(error).__name__)
PY
PATH="$work/bin:$PATH" PYTHONPATH="$work/root/usr/lib/python3/dist-packages" python3 ask.py > seen
cat seen
printf '%s\n' 'pull: u' 'build: None' "build, another host's helper is missing: InitializationError" | cmp - seen
