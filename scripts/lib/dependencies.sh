# Sourced by the scripts beside it, from the repository's root: installs what package-lock.json names, once.
if [ ! -e node_modules/.package-lock.json ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
  npm ci --no-audit --no-fund
  # npm leaves out optional parts that the machine's own Node is too old for; the Node it just installed is not.
  case $(node --version) in
    v18.* | v19.* | v20.* | v21.*)
      PATH="$PWD/node_modules/.bin:$PATH" npm install --no-save --no-audit --no-fund
      ;;
  esac
fi
