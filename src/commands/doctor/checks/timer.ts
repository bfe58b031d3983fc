import type { Finding } from '../finding.ts';

export interface TimerCheckPorts {
  /** What `renew --timer-status` says: its exit status, and its lines. */
  timerStatus(): Promise<{ status: number; said: readonly string[]; warned: readonly string[] }>;
  /** Whether systemd keeps the user's services while nobody is logged in; undefined: that is no question here. */
  lingers(): Promise<boolean | undefined>;
  readonly env: Readonly<Record<string, string | undefined>>;
}

const COMMAND = 'docker-credential-openshift renew --install-timer';

/** The hourly renewal. */
export async function timer({ timerStatus, lingers, env }: TimerCheckPorts): Promise<readonly Finding[]> {
  const { status, said, warned } = await timerStatus();
  if (status === 0) {
    const ok: Finding = { status: 'ok', saw: `The renewal timer runs${next(said)}` };
    const isHeadless = (env.DISPLAY ?? env.WAYLAND_DISPLAY ?? '') === '';
    return isHeadless && (await lingers()) === false ? [ok, resting(env.USER)] : [ok];
  }
  const why =
    'Tokens are renewed when they are used, too; the timer also tells when a login is about to end, and takes out logins that came to hide the helper';
  // One that is not there was never wanted; one that is there and not right was.
  if (said.length === 0) return [{ status: 'note', saw: 'There is no renewal timer', why, mend: COMMAND }];
  return warned.map((line) => ({ status: 'warning', saw: withoutMend(line), why, mend: COMMAND }));
}

function resting(user: string | undefined): Finding {
  return {
    status: 'note',
    saw: 'The renewal timer rests while you are logged out',
    why: 'On a machine where nobody is logged in nothing is renewed',
    mend: `sudo loginctl enable-linger ${/^[a-z_][\w.-]*$/i.test(user ?? '') ? user : '"$USER"'}`,
  };
}

function next(said: readonly string[]): string {
  const line = said.find((text) => text.startsWith('Next run: '));
  return line === undefined ? '' : ` (next: ${line.slice('Next run: '.length)})`;
}

function withoutMend(line: string): string {
  return line.replace(/\.? Run: .*$/, '').replace(/\.$/, '');
}
