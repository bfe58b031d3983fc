const { closeSync, openSync, readSync } = process.getBuiltinModule('node:fs');

/**
 * The time since this machine was started, suspension included, which no change of the wall clock moves.
 * @returns ms; null where it can't be had cheaply (macOS, Windows)
 */
export function uptimeMs(): number | null {
  let fd: number;
  try {
    fd = openSync('/proc/uptime', 'r');
  } catch {
    // Not Linux, or no /proc.
    return null;
  }
  try {
    const bytes = Buffer.allocUnsafe(64);
    const seconds = Number.parseFloat(bytes.toString('latin1', 0, readSync(fd, bytes, 0, 64, 0)));
    return Number.isFinite(seconds) ? Math.round(seconds * 1000) : null;
  } finally {
    closeSync(fd);
  }
}
