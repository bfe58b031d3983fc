import type { Finding } from '../finding.ts';

export interface TimerCheckPorts {
  /** What `renew --timer-status` says: its exit status, and its lines. */
  timerStatus(): Promise<{ status: number; said: readonly string[]; warned: readonly string[] }>;
}

const COMMAND = 'docker-credential-openshift renew --install-timer';

/** The hourly renewal. */
export async function timer({ timerStatus }: TimerCheckPorts): Promise<readonly Finding[]> {
  const { status, said, warned } = await timerStatus();
  if (status === 0) return [{ status: 'ok', saw: `The renewal timer runs${next(said)}` }];
  const why =
    'Tokens are renewed when they are used, too; the timer also tells when a login is about to end, and takes out logins that came to hide the helper';
  // One that is not there was never wanted; one that is there and not right was.
  if (said.length === 0) return [{ status: 'note', saw: 'There is no renewal timer', why, mend: COMMAND }];
  return warned.map((line) => ({ status: 'warning', saw: withoutMend(line), why, mend: COMMAND }));
}

function next(said: readonly string[]): string {
  const line = said.find((text) => text.startsWith('Next run: '));
  return line === undefined ? '' : ` (next: ${line.slice('Next run: '.length)})`;
}

function withoutMend(line: string): string {
  return line.replace(/\.? Run: .*$/, '').replace(/\.$/, '');
}
