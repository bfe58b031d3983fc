# Sourced by the scripts beside it, from the repository's root: installs what package-lock.json names, once.
if [ ! -e node_modules/.package-lock.json ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
  npm ci --no-audit --no-fund
fi
