#!/bin/sh
# Installs docker-credential-openshift @VERSION@ for who runs it, without root, and takes it away again.
#
#   curl -fsSL @HOME@/releases/latest/download/install.sh | sh
#   sh install.sh [--prefix DIR] [--from DIR-OR-URL]     default: ~/.local, for root /usr/local; from the release's page
#   sh install.sh --uninstall [--prefix DIR]             gives engines their files back first: without the helper that they
#                                                        name, most pull nothing any more
#   eval "$(sh install.sh --ci)"                         for this CI job alone: docker and podman get the login that
#                                                        DOCKER_CREDENTIAL_OPENSHIFT_SERVER, _REGISTRIES and _TOKEN or
#                                                        _TOKEN_FILE say, and nothing of the machine's own is changed
#
# What it downloads has to have the checksum that is written down here.
set -eu

# In a function, so that a half of this script does nothing.
main() {
  name=docker-credential-openshift
  version=@VERSION@
  from=@HOME@/releases/download/v$version
  prefix=
  act=install_it
  while [ $# -gt 0 ]; do
    case $1 in
      --prefix | --from)
        [ -n "${2-}" ] || fail "$1 wants a directory$([ "$1" = --prefix ] || echo ' or a URL'). Run: sh install.sh $1 DIR"
        if [ "$1" = --prefix ]; then prefix=$2; else from=$2; fi
        shift
        ;;
      --uninstall) act=uninstall ;;
      --ci) act=prepare_job ;;
      *) fail "There is no option $1. Known are --prefix DIR, --from DIR-OR-URL, --uninstall and --ci." ;;
    esac
    shift
  done
  if [ $act = prepare_job ]; then
    prefix=$(mktemp -d "${RUNNER_TEMP:-${TMPDIR:-/tmp}}/$name-XXXXXX")
  elif [ -z "$prefix" ]; then
    if [ "$(id -u)" = 0 ]; then prefix=/usr/local; else prefix=${HOME:?is not set: say where, with --prefix DIR}/.local; fi
  fi
  case $prefix in
    /*) ;;
    *) prefix=$PWD/$prefix ;;
  esac
  $act
}

fail() {
  echo "install.sh: $1" >&2
  exit 1
}

sums() {
  cat << 'SUMS'
@SUMS@
SUMS
}

sum_said_of() {
  sums | sed -n "s/^\([0-9a-f]*\) [ *]$1\$/\1/p"
}

install_it() {
  platform=$(platform_here)
  # A third less to download, where it can be unpacked.
  sum='' unpack=xz archive=$name-$version-$platform.tar.xz
  if command -v xz > /dev/null; then sum=$(sum_said_of "$archive"); fi
  if [ -z "$sum" ]; then
    unpack=gzip archive=$name-$version-$platform.tar.gz
    sum=$(sum_said_of "$archive")
  fi
  [ -n "$sum" ] || fail "there is no $name $version for $platform. With Node 22.19 or later: npm install -g $name"
  mkdir -p "$prefix" 2> /dev/null || fail "$prefix can't be made. Choose another place: --prefix DIR"
  work=$(mktemp -d "$prefix/.$name.XXXXXX") || fail "$prefix can't be written to. Choose another place: --prefix DIR"
  trap 'rm -rf "$work"' EXIT
  trap 'exit 1' HUP INT TERM

  fetch "$from/$archive" "$work/$archive"
  got=$(sum_of "$work/$archive")
  if [ "$got" != "$sum" ]; then
    fail "nothing was installed: $from/$archive is not what was released (its SHA-256 is $got, and not $sum). Maybe the download was cut off: run this again."
  fi
  $unpack -dc "$work/$archive" | tar -xf - -C "$work"
  tree=$work/$name-$version-$platform
  # What can't start here must not be what engines start.
  "$tree/bin/$name" version > "$work/said" 2>&1 ||
    fail "nothing was installed: the program does not start here ($(tail -n 1 "$work/said")). With Node 22.19 or later: npm install -g $name"

  # The program before the front that starts it: who runs the old front meanwhile is served by either.
  if [ -d "$tree/libexec" ]; then put "libexec/$name/$name"; fi
  put "bin/$name"
  (cd "$tree" && find share -type f) | while read -r file; do put "$file"; done
  echo "Installed $prefix/bin/$name $version."
  case :$PATH: in
    *":$prefix/bin:"*) echo "Next: $name setup" ;;
    *) echo "Engines find it once $prefix/bin is on their PATH: put it into your shell's profile, then run: $name setup" ;;
  esac
}

# put FILE: into its place, at once: there is the old one or the new one at any moment.
put() {
  mkdir -p "$prefix/$(dirname "$1")"
  mv -f "$tree/$1" "$prefix/$1"
}

uninstall() {
  if [ -x "$prefix/bin/$name" ]; then
    "$prefix/bin/$name" setup --undo --yes ||
      fail "nothing was removed, since the engines' files still name the helper: see above. When they don't, run this again."
    "$prefix/bin/$name" renew --remove-timer || true
  else
    echo "$prefix/bin/$name is not there."
  fi
  # The front first: what engines start is the last thing that may point at something that is gone.
  rm -f "$prefix/bin/$name" "$prefix/share/man/man1/$name.1" "$prefix/share/bash-completion/completions/$name" \
    "$prefix/share/zsh/site-functions/_$name" "$prefix/share/fish/vendor_completions.d/$name.fish"
  rm -rf "${prefix:?}/libexec/$name" "${prefix:?}/share/doc/$name"
  echo "Removed $name from $prefix."
  if [ "$(id -u)" = 0 ]; then
    echo "Your own files are as they were before. Others who ran setup here: npx $name setup --undo"
  fi
}

# The words for the job's shell go to stdout, and in a job of GitHub's into its files; everything else to stderr.
prepare_job() {
  (install_it) >&2
  umask 077
  config=$prefix/config
  mkdir "$config"
  # Logins that an earlier step made stay.
  before=${DOCKER_CONFIG:-${HOME-}/.docker}/config.json
  if [ -f "$before" ]; then cp "$before" "$config/config.json"; fi
  token_file=${DOCKER_CREDENTIAL_OPENSHIFT_TOKEN_FILE-}
  if [ -n "${DOCKER_CREDENTIAL_OPENSHIFT_TOKEN-}" ]; then
    # In a file, since every process of the job sees its variables.
    token_file=$prefix/token
    printf %s "$DOCKER_CREDENTIAL_OPENSHIFT_TOKEN" > "$token_file"
    unset DOCKER_CREDENTIAL_OPENSHIFT_TOKEN
  fi
  export DOCKER_CREDENTIAL_OPENSHIFT_TOKEN_FILE="$token_file" PATH="$prefix/bin:$PATH"
  export DOCKER_CONFIG="$config" REGISTRY_AUTH_FILE="$config/config.json"
  # Without a token, as in a fork's pull request, public images are pulled all the same.
  # Without a HOME, so that the files of the machine stay as they are: they outlive this job, and the helper does not.
  env -u HOME "$name" setup --yes >&2 || echo "install.sh: docker and podman go on without a login." >&2
  for variable in "DOCKER_CONFIG=$config" "REGISTRY_AUTH_FILE=$config/config.json" \
    "DOCKER_CREDENTIAL_OPENSHIFT_TOKEN_FILE=$token_file"; do
    if [ -n "${GITHUB_ENV-}" ]; then
      echo "$variable" >> "$GITHUB_ENV"
    else
      echo "export ${variable%%=*}=$(quoted "${variable#*=}")"
    fi
  done
  if [ -n "${GITHUB_PATH-}" ]; then
    echo "$prefix/bin" >> "$GITHUB_PATH"
  else
    echo "export PATH=$(quoted "$prefix/bin"):\"\$PATH\"; unset DOCKER_CREDENTIAL_OPENSHIFT_TOKEN"
  fi
}

# A word that a shell takes for this very text.
quoted() {
  printf "'%s'" "$(printf %s "$1" | sed "s/'/'\\\\''/g")"
}

platform_here() {
  case $(uname -m) in
    x86_64 | amd64) arch=x64 ;;
    aarch64 | arm64) arch=arm64 ;;
    *) arch=$(uname -m) ;;
  esac
  case $(uname -s) in
    Linux)
      # The program starts where its loader is: each C library has its own.
      case $arch in
        x64) loader=/lib64/ld-linux-x86-64.so.2 other=/lib/ld-musl-x86_64.so.1 ;;
        *) loader=/lib/ld-linux-aarch64.so.1 other=/lib/ld-musl-$(uname -m).so.1 ;;
      esac
      musl=
      if [ ! -e "$loader" ] && [ -e "$other" ]; then musl=-musl; fi
      echo "linux-$arch$musl"
      ;;
    Darwin)
      # Under Rosetta the machine seems to be another.
      if [ "$(sysctl -n hw.optional.arm64 2> /dev/null)" = 1 ]; then arch=arm64; fi
      echo "macos-$arch"
      ;;
    *) echo "$(uname -s)-$arch" | tr '[:upper:]' '[:lower:]' ;;
  esac
}

# fetch URL-OR-FILE OUT
fetch() {
  case $1 in
    https://* | http://127.0.0.1[:/]* | http://localhost[:/]*)
      if command -v curl > /dev/null; then
        curl -fsSL --retry 3 --connect-timeout 20 -o "$2" "$1" || fail "$1 could not be downloaded, and nothing was installed."
      elif command -v wget > /dev/null; then
        wget -q -O "$2" "$1" || fail "$1 could not be downloaded, and nothing was installed."
      else
        fail 'it downloads with curl or wget, and neither is installed.'
      fi
      ;;
    *://*) fail "$1 is not read: only https is." ;;
    *) cp "$1" "$2" || fail "$1 can't be read, and nothing was installed." ;;
  esac
}

sum_of() {
  if command -v sha256sum > /dev/null; then
    sha256sum < "$1" | cut -d ' ' -f 1
  elif command -v shasum > /dev/null; then
    shasum -a 256 < "$1" | cut -d ' ' -f 1
  else
    fail 'what is downloaded is checked with sha256sum or shasum, and neither is installed.'
  fi
}

main "$@"
