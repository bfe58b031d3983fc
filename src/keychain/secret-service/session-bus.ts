/**
 * Where the message bus of the person's session listens.
 * @returns the path of its socket (an abstract one begins with a NUL); undefined: there is no session, or it is
 *   elsewhere than on a socket of this machine, where secrets would go over a network
 */
export function sessionBusPath(env: Record<string, string | undefined>): string | undefined {
  const given = env.DBUS_SESSION_BUS_ADDRESS;
  const runtime = env.XDG_RUNTIME_DIR;
  // systemd puts it there, and libdbus looks there when it is told nothing.
  if (given === undefined || given === '') return runtime?.startsWith('/') ? `${runtime}/bus` : undefined;
  for (const address of given.split(';')) {
    const [transport, keys = ''] = splitOnce(address, ':');
    if (transport !== 'unix') continue;
    for (const key of keys.split(',')) {
      const [name, value = ''] = splitOnce(key, '=');
      if (name === 'path') return unescaped(value);
      if (name === 'abstract') return `\0${unescaped(value)}`;
      if (name === 'runtime' && value === 'yes' && runtime !== undefined) return `${runtime}/bus`;
    }
  }
  return undefined;
}

function splitOnce(text: string, separator: string): [string, string?] {
  const at = text.indexOf(separator);
  return at === -1 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

/** `%20` and its like (D-Bus specification, "Server Addresses"). */
function unescaped(value: string): string {
  return value.replaceAll(/%([0-9a-f]{2})/gi, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 16)),
  );
}
