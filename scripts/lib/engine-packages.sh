# Sourced by the scripts beside it. As root on Debian or Ubuntu, installs the container engines, a C compiler and the few
# other programs that tests and benchmarks run the helper against; elsewhere says which tests will be skipped.

engine_packages="podman buildah skopeo docker.io uidmap golang-docker-credential-helpers \
amazon-ecr-credential-helper gnome-keyring libkf5wallet-bin keepassxc dbus-daemon pass gnupg chromium openssl iproute2 systemd kubernetes-client \
gcc libc6-dev musl-tools bindfs strace acl attr zsh fish groff-base"

install_engine_packages() {
  if [ "$(id -u)" != 0 ] || [ ! -e /etc/debian_version ] || ! command -v apt-get > /dev/null; then
    echo "Tests with real container engines will be skipped: they need root on Debian or Ubuntu." >&2
    return 0
  fi
  missing=
  for package in $engine_packages; do
    # Kubernetes' own package of the same program stands in the way of Debian's, and serves as well.
    if [ "$package" = kubernetes-client ] && command -v kubectl > /dev/null; then continue; fi
    case $(dpkg-query -W -f '${db:Status-Status}' "$package" 2> /dev/null) in
      installed) ;;
      *) missing="$missing $package" ;;
    esac
  done
  [ -n "$missing" ] || return 0
  echo "Installing:$missing" >&2
  # shellcheck disable=SC2086 # names of packages, one word each
  if ! install_without_services $missing; then
    echo "Not all of these could be installed; tests that need them will be skipped:$missing" >&2
  fi
}

# In a shell of its own, so that the machine's policy on services is put back whatever ends it.
install_without_services() (
  policy=/usr/sbin/policy-rc.d
  if [ -e "$policy" ]; then mv "$policy" "$policy.before-tests"; fi
  put_back() {
    rm -f "$policy"
    if [ -e "$policy.before-tests" ]; then mv "$policy.before-tests" "$policy"; fi
  }
  trap put_back EXIT
  trap 'exit 1' HUP INT TERM
  printf '#!/bin/sh\n# No package may start a service.\nexit 101\n' > "$policy"
  chmod 755 "$policy"
  export DEBIAN_FRONTEND=noninteractive
  # An index that is out of date still serves where this fails.
  apt-get -q -o DPkg::Lock::Timeout=400 update || true
  install() {
    apt-get -q -y -o DPkg::Lock::Timeout=400 --no-install-recommends install "$@"
  }
  # Together; where this release lacks one of them, each for itself.
  install "$@" || {
    status=0
    for package in "$@"; do install "$package" || status=1; done
    exit "$status"
  }
)
