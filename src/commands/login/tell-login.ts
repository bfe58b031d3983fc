import { oneLine } from '../../hosts/reason.ts';
import { clusterDisplayName } from '../../registry/catalogue.ts';
import type { LoggedIn } from './browser-login-ports.ts';
import { lifeInWords } from './life-in-words.ts';

interface TellLoginPorts {
  nowMs(): number;
  print(line: string): void;
}

/** Tells where, as whom and for how long a person is logged in, and `how`. */
export function tellLogin(
  server: string,
  { user, expiresAtMs }: LoggedIn,
  how: string,
  ports: TellLoginPorts,
): void {
  const end =
    typeof expiresAtMs === 'number'
      ? `for ${lifeInWords(expiresAtMs, ports.nowMs())}`
      : expiresAtMs === null
        ? 'without an end'
        : 'until the cluster ends it';
  ports.print(oneLine(`Logged in to ${clusterDisplayName(server)} as ${user}, ${end} (${how}).`));
}
