import type { TimerState } from '../../timer/scheduler.ts';
import { type Finding, fixText } from '../finding.ts';

export interface TimerCheckPorts {
  /** The timer as it is now; undefined: there is none. */
  timerState(): Promise<Pick<TimerState, 'next' | 'problems'> | undefined>;
  /** Whether systemd keeps the user's services while nobody is logged in; undefined: that is no question here. */
  lingers(): Promise<boolean | undefined>;
  readonly env: Readonly<Record<string, string | undefined>>;
}

const COMMAND = 'docker-credential-openshift renew --install-timer';

/** The hourly renewal. */
export async function timer({ timerState, lingers, env }: TimerCheckPorts): Promise<readonly Finding[]> {
  const state = await timerState();
  const why =
    'Tokens are renewed when they are used, too; the timer also tells when a login is about to end, and removes logins that came to override the helper';
  // One that is not there was never wanted; one that is there and not right was.
  if (state === undefined) return [{ status: 'note', saw: 'There is no renewal timer', why, mend: COMMAND }];
  if (state.problems.length > 0)
    return state.problems.map((problem) => ({
      status: 'warning',
      saw: problem.why,
      why,
      mend: fixText(problem.fix),
    }));
  const ok: Finding = { status: 'ok', saw: `The renewal timer runs (next: ${state.next ?? 'none'})` };
  const isHeadless = (env.DISPLAY ?? env.WAYLAND_DISPLAY ?? '') === '';
  return isHeadless && (await lingers()) === false ? [ok, resting(env.USER)] : [ok];
}

function resting(user: string | undefined): Finding {
  return {
    status: 'note',
    saw: 'The renewal timer rests while you are logged out',
    why: 'On a machine where nobody is logged in nothing is renewed',
    mend: `sudo loginctl enable-linger ${/^[a-z_][\w.-]*$/i.test(user ?? '') ? user : '"$USER"'}`,
  };
}
