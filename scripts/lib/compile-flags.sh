# Sourced by the scripts beside it: how Bun compiles the program, and what it is measured against
# (docs/decisions/0001-single-binary.md has the figures).
#
# --bytecode       modules, node:fs among them, are not parsed again at every start
# --splitting      a `get` that is answered from the cache loads none of the rest
# --minify         less text to read where there is no bytecode
# jit policy       compiling on other threads costs more than it brings in a program of 5 ms
# no autoload      nothing of the directory that the program is started in may change it
compile_flags="--compile --minify --bytecode --splitting --format=esm --compile-jit-policy=50
  --no-compile-autoload-dotenv --no-compile-autoload-bunfig
  --no-compile-autoload-tsconfig --no-compile-autoload-package-json"
