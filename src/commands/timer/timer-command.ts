/**
 * The words that the timer starts.
 * @param binary the words that start the helper, the first an absolute path
 */
export function timerCommand(binary: readonly string[]): readonly string[] {
  return [...binary.map(stablePath), 'renew', '--all'];
}

/**
 * Homebrew keeps each version in a directory of its own, which an upgrade removes; `opt/NAME` always leads to the
 * present one (docs.brew.sh, "Formula Cookbook", `opt_prefix`).
 */
function stablePath(path: string): string {
  return path.replace(/^(.*)\/Cellar\/([^/]+)\/[^/]+\//, '$1/opt/$2/');
}

/** Where the helper lies, if that is a place that is emptied now and then. */
export function passingPlace(binary: readonly string[]): string | undefined {
  return binary.find((path) => /^\/(?:private\/)?(?:var\/)?tmp\/|[\\/]_npx[\\/]|[\\/]Temp[\\/]/.test(path));
}
