# Sourced by scripts/release: what is particular to each platform, how its part of a release is built, and how it is packed.

all_platforms='linux-x64 linux-x64-musl linux-arm64 linux-arm64-musl macos-arm64 macos-x64 windows-x64 node'
packages=dist/.packages

# The package whose runtime the program is compiled with, as Bun names the target; and what the keychain needs.
set_platform() {
  target='' runtime='' keychain_package='' front=''
  case $1 in
    linux-x64) target=bun-linux-x64 front=x64 ;;
    linux-x64-musl) target=bun-linux-x64-musl front=x64 ;;
    linux-arm64) target=bun-linux-arm64 front=arm64 ;;
    linux-arm64-musl) target=bun-linux-arm64-musl front=arm64 ;;
    macos-arm64) target=bun-darwin-arm64 keychain_package=$keychain-darwin-arm64 ;;
    macos-x64) target=bun-darwin-x64 keychain_package=$keychain-darwin-x64 ;;
    windows-x64) target=bun-windows-x64 keychain_package=$keychain-win32-x64-msvc front=windows ;;
    node) return ;;
  esac
  runtime=@oven/$(printf %s "$target" | sed s/arm64/aarch64/)
}

# Whatever these platforms are built and packed with; what is missing is named with its Debian package.
require_programs() {
  lacking=
  require() {
    command -v "$1" > /dev/null || lacking="$lacking $2"
  }
  require git git
  require xz xz-utils
  case " $* " in
    *' windows-'*)
      require zip zip
      require x86_64-w64-mingw32-gcc gcc-mingw-w64-x86-64-win32
      ;;
  esac
  case " $* " in *' linux-x64'*) require musl-gcc musl-tools ;; esac
  case " $* " in
    *' linux-arm64'*)
      require aarch64-linux-gnu-gcc gcc-aarch64-linux-gnu
      [ -e $musl_arm64.made ] || require mmdebstrap mmdebstrap
      ;;
  esac
  [ -z "$lacking" ] || {
    echo "Something to build with is missing. Run: apt-get install$lacking" >&2
    exit 1
  }
}

# Ends the release for a known vulnerability in what is released; where nobody can be asked, that is said.
audit() {
  if report=$(npm audit --omit=dev --audit-level=low 2>&1); then
    echo "No known vulnerability in what is released."
  elif printf %s "$report" | grep -q 'audit endpoint returned an error\|audit request to .* failed'; then
    echo "The registry can't be asked about known vulnerabilities:" >&2
    printf '%s\n' "$report" | sed 's/^/  /' >&2
    [ -z "$1" ] || exit 1
  else
    printf '%s\n' "$report" >&2
    exit 1
  fi
}

# stage_platform PLATFORM DIRECTORY
stage_platform() {
  set_platform "$1"
  stage=$2
  doc=$stage/share/doc/$name
  mkdir -p "$stage/bin"
  write_share "$stage/share"
  if [ "$1" = windows-x64 ]; then
    mkdir "$stage/share/powershell"
    cp "packaging/completions/$name.ps1" "$stage/share/powershell/"
  fi
  mkdir -p "$doc"
  cp LICENSE "$doc/"
  parts=()
  if [ "$1" = node ]; then
    bundle_for_node "$stage/lib/$name"
    cp packaging/node/start "$stage/bin/$name"
  else
    # shellcheck disable=SC2086 # one or two names
    node scripts/lib/release/fetch-packages.ts "$packages" $runtime $keychain_package
    stage_program
    parts+=(--runtime "$runtime")
    [ -z "$keychain_package" ] || parts+=(--keychain "$keychain_package")
  fi
  if [ -n "$front" ]; then
    stage_front
    parts+=(--libc "$front_libc")
  fi
  all_parts+=("${parts[@]}")
  node scripts/lib/release/write-notices.ts "$doc" "$epoch" --fetched "$packages" "${parts[@]}"
  find "$stage" -type d -exec chmod 755 {} + -o -type f -exec chmod 644 {} +
  find "$stage/bin" "$stage/libexec" -type f -exec chmod 755 {} + 2> /dev/null || true
}

# The keychain's library is named to Bun by the variable that its package reads first: packages of other systems are
# not installed, and in the result the variable means nothing.
stage_program() {
  case $target in
    *linux*) program=$stage/libexec/$name/$name ;;
    *windows*) program=$stage/libexec/$name/$name.exe ;;
    *) program=$stage/bin/$name ;;
  esac
  mkdir -p "$(dirname "$program")"
  executable=$(find "$packages/$runtime/bin" -type f)
  if [ -n "$keychain_package" ]; then
    library=$(cd "$packages/$keychain_package" && find "$PWD" -name '*.node')
    compile_program "$program" --target="$target" --compile-executable-path="$executable" \
      --define "process.env.NAPI_RS_NATIVE_LIBRARY_PATH=\"$library\""
    case $target in *darwin*) node scripts/lib/release/sign-macho.ts "$program" "$name" ;; esac
  else
    compile_program "$program" --target="$target" --compile-executable-path="$executable" --external "$keychain"
  fi
}

# Static, and so it needs nothing of the system that it runs on: for Linux with musl, whatever the C library there is.
stage_front() {
  case $front in
    x64)
      compile_front "musl-gcc -static" "$stage/bin/$name" -s
      front_libc=musl-$(dpkg-query -W -f '${Version}' musl-dev)
      ;;
    arm64)
      fetch_musl_arm64
      compile_front "aarch64-linux-gnu-gcc -specs $musl_arm64/musl-gcc.specs -static" "$stage/bin/$name" -s
      front_libc=musl-$(zcat $musl_arm64/usr/share/doc/musl-dev/changelog.Debian.gz | sed -n '1s/.*(\(.*\)).*/\1/p')
      ;;
    windows)
      compile_windows_front "$stage/bin/$name.exe" -s
      front_libc=mingw-w64-$(dpkg-query -W -f '${Version}' mingw-w64-x86-64-dev)
      ;;
  esac
}

# Debian's musl for arm64, unpacked and not installed: this machine's own packages stay as they are.
musl_arm64=$packages/musl-arm64
fetch_musl_arm64() {
  if [ ! -e $musl_arm64.made ]; then
    rm -rf $musl_arm64
    mmdebstrap --quiet --mode=chrootless --architectures=arm64 --variant=extract --include=musl-dev \
      "$(. /etc/os-release && echo "$VERSION_CODENAME")" $musl_arm64
    touch $musl_arm64.made
  fi
  # The compiler's own words for musl, with what they name where it lies here.
  sed "s#/usr/\(lib\|include\)/aarch64#$PWD/$musl_arm64&#g" $musl_arm64/usr/lib/aarch64-linux-musl/musl-gcc.specs \
    > $musl_arm64/musl-gcc.specs
}

# pack_platform PLATFORM FILE: with fixed times, owners and order.
pack_platform() {
  inside=$(basename "$2")
  packing=$(mktemp -d "$release/.packing.XXXXXX")
  cp -a "$release/stage/$1" "$packing/$inside"
  find "$packing" -exec touch -h -d "@$epoch" {} +
  case $1 in
    windows-*)
      (cd "$packing" && find "$inside" -type f | sort | zip -q -X "-${draft:-9}" -@ "$inside.zip")
      mv "$packing/$inside.zip" "$2.zip"
      ;;
    *)
      tar -C "$packing" --sort=name --format=ustar --owner=0 --group=0 --numeric-owner -cf "$2.tar" "$inside"
      # One thread: with more of them the bytes are others.
      [ "$1" = node ] || [ -n "$draft" ] || xz -T1 --keep -9e "$2.tar"
      gzip -n "-${draft:-9}" "$2.tar"
      ;;
  esac
  rm -r "$packing"
}
