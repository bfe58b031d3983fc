import { AppError } from '../../hosts/reason.ts';

/**
 * `Environment=` for one variable. Source: systemd.syntax(7) "Quoting", systemd.exec(5): specifiers (`%`) are
 * expanded in it, `$` means nothing.
 * @param value without control characters
 */
export function environmentLine(name: string, value: string): string {
  return `Environment=${quote(`${name}=${value.replaceAll('%', '%%')}`)}`;
}

/**
 * `ExecStart=` for a command. Source: systemd.service(5) "Command lines": specifiers are expanded everywhere, `$` in
 * the arguments but not in the program's path.
 * @param command the program's absolute path and its arguments, without control characters
 * Throws an AppError HELPER_PATH_UNFIT for a program that systemd can't start.
 */
export function execStartLine([program = '', ...args]: readonly string[]): string {
  // systemd refuses such a path however it is quoted (load-fragment.c, string_is_safe).
  if (!program.startsWith('/') || /["'\\\p{Cc}]/u.test(program)) {
    throw new AppError({
      code: 'HELPER_PATH_UNFIT',
      message: `systemd can't start ${JSON.stringify(program)}: the path must be absolute, without quotes and backslashes`,
      fix: { run: 'sudo install docker-credential-openshift /usr/local/bin/' },
    });
  }
  const words = [program, ...args.map((word) => word.replaceAll('$', '$$$$'))];
  return `ExecStart=${words.map((word) => quote(word.replaceAll('%', '%%'))).join(' ')}`;
}

function quote(word: string): string {
  return /^[\w/.,:@+=%$-]+$/.test(word) ? word : `"${word.replaceAll(/["\\]/g, '\\$&')}"`;
}
