# Sourced by the scripts beside it, from the repository's root: compiles the native front (docs/decisions/0010-native-front.md).

# Every warning is an error here: these few hundred lines have none.
front_flags="-std=c17 -O2 -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror -fstack-protector-strong"

# A compiler for it, with what makes it static; none where there is no such compiler, or elsewhere than on Linux.
find_front_compiler() {
  [ "$(uname -s)" = Linux ] || return 1
  probe=$(mktemp -d)
  printf 'int main(void) { return 0; }\n' > "$probe/probe.c"
  for compiler in "musl-gcc -static" "${CC:-cc} -static" "gcc -static" "clang -static" "${CC:-cc}"; do
    # shellcheck disable=SC2086 # a command and its flag
    if $compiler -std=c17 -o "$probe/probe" "$probe/probe.c" 2> /dev/null; then
      rm -r "$probe"
      echo "$compiler"
      return 0
    fi
  done
  rm -r "$probe"
  return 1
}

# compile_front COMPILER OUT [FLAG...]: the front as it is installed.
compile_front() {
  front_compiler=$1
  front_out=$2
  shift 2
  front_version=$(sed -n 's/^  "version": "\(.*\)",$/\1/p' package.json)
  # shellcheck disable=SC2086 # flags are words
  $front_compiler $front_flags "-DVERSION=\"$front_version\"" "$@" -o "$front_out" src/front/*.c
}

# compile_windows_front OUT [FLAG...]: the one for Windows, by Debian's cross compiler. No time is in it. Its guard against overrun
# arrays is left out: at each start it would have Windows load a provider of random numbers.
compile_windows_front() {
  front_out=$1
  shift
  front_version=$(sed -n 's/^  "version": "\(.*\)",$/\1/p' package.json)
  # shellcheck disable=SC2086 # flags are words
  x86_64-w64-mingw32-gcc $front_flags -fno-stack-protector -D_WIN32_WINNT=0x0A00 -municode -static -Wl,--no-insert-timestamp \
    "-DVERSION=\"$front_version\"" "$@" -o "$front_out" src/front/answers.c src/front/provider.c src/front/windows/*.c
}
