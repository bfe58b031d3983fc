# Sourced by scripts/build and scripts/release, from the repository's root, after compile-flags.sh: the parts of a build
# that both make alike. The same commit gives the same bytes, wherever and whenever it is built.

name=docker-credential-openshift
bun=node_modules/.bin/bun
entry=src/main.ts
keychain=@napi-rs/keyring

# What `version` tells: the commit and its day, which are the same in every build of it. A tree without git has none.
commit=$(git log -1 --format=%h --abbrev=10 2> /dev/null || true)
commit_day=$(git log -1 --format=%cs 2> /dev/null || true)
built=
[ -z "$commit" ] || built="--define BUILD_COMMIT=\"$commit\" --define BUILD_DATE=\"$commit_day\""

# compile_program OUT [FLAG...]: the program as one executable.
compile_program() {
  program_out=$1
  shift
  # shellcheck disable=SC2086 # the flags are words
  "$bun" build "$entry" $compile_flags $built "$@" --outfile "$program_out"
}

# bundle_for_node DIRECTORY: the program for Node; what it is started by is main.js.
bundle_for_node() {
  rm -rf "$1"
  # For Node, bun prefers `main` to `module`: of packages that have both, a form whose parts it can't find.
  # shellcheck disable=SC2086
  "$bun" build "$entry" --target=node --main-fields=module --main-fields=main --external "$keychain" \
    $built --format=esm --splitting --minify-syntax --outdir "$1"
  printf '{ "type": "module" }\n' > "$1/package.json"
}

# write_share DIRECTORY: the manual page, and what shells complete by; from the declarations of the commands.
write_share() {
  rm -rf "$1"
  "$bun" scripts/lib/write-man-page.ts "$1/man/man1/$name.1" "${commit_day:-$(date +%F)}"
  mkdir -p "$1/bash-completion/completions" "$1/zsh/site-functions" "$1/fish/vendor_completions.d"
  cp "packaging/completions/$name.bash" "$1/bash-completion/completions/$name"
  cp "packaging/completions/_$name" "$1/zsh/site-functions/"
  cp "packaging/completions/$name.fish" "$1/fish/vendor_completions.d/"
}
