import type { OwnDirectory } from '../../../files/own-directories.ts';
import { INSTALL_COMMAND } from '../../timer/scheduler.ts';
import type { Check, Finding } from '../check.ts';
import type { Facts } from '../facts.ts';

/** What is this program's own: its config, directories, keychain and timer. */
export const OWN_STATE_CHECKS: readonly Check[] = [
  {
    id: 'own-config',
    title: 'our config file, with line and column, and the variables in its place',
    needs: 'machine',
    run: ownConfig,
  },
  {
    id: 'own-directories',
    title:
      'our directories, and the typed logins in them: whose they are, and who else may look into them or change them',
    needs: 'machine',
    run: ownDirectories,
  },
  {
    id: 'keychain',
    title: 'the keychain, for typed logins, and what is left in it of erased ones',
    needs: 'machine',
    run: keychain,
  },
  {
    id: 'timer',
    title: 'the hourly renewal',
    needs: 'machine',
    run: timer,
  },
];

async function ownConfig({ readConfig }: Facts): Promise<readonly Finding[]> {
  const { path, isThere, problems, hosts } = await readConfig();
  const effect = 'What is written there does not count: the host that it stands for gets no token';
  if (problems.length > 0) return problems.map((reason) => ({ status: 'problem', ...reason, effect }));
  if (path === undefined) {
    return [
      {
        status: 'note',
        code: 'config-without-place',
        why: 'There is no place for a config file: HOME is not set',
      },
    ];
  }
  const count = `${hosts.length} ${hosts.length === 1 ? 'host' : 'hosts'}`;
  const why = isThere
    ? `${path} is sound; with the environment it names ${count}`
    : `There is no config file (${path}); none is needed for OpenShift CI`;
  return [{ status: 'ok', code: 'config', why }];
}

const LOST: Record<OwnDirectory['what'], string> = {
  answers: 'No answer and no minted token is kept: each pull asks the cluster anew',
  'logins and sign-outs': 'No typed login is kept or answered from there, and no sign-out is kept',
  config: 'Whoever may change the config decides which cluster gets which token',
};

/** Our own directories, and the typed logins in them: whose they are, and who else may look into them or change them. */
async function ownDirectories(facts: Facts): Promise<readonly Finding[]> {
  const closed = (await facts.ownDirectories()).flatMap(({ what, obstacle }): Finding[] =>
    obstacle === undefined ? [] : [{ status: 'problem', ...obstacle, effect: LOST[what] }],
  );
  const unusable = (await facts.unusableLogins()).map(
    ({ host, reason }): Finding => ({
      status: 'problem',
      host,
      ...reason,
      effect: `Pulls from ${host} go on without it`,
    }),
  );
  const findings = [...closed, ...unusable];
  if (findings.length > 0) return findings;
  return [{ status: 'ok', code: 'own-directories', why: 'Our own directories are private' }];
}

/** The system's keychain, in which typed logins are kept. */
async function keychain(facts: Facts): Promise<readonly Finding[]> {
  const kept = facts.storedLogins().filter(({ where }) => where === 'keychain');
  const left = facts.leftOver();
  const { secretPlace, path } = await facts.readConfig();
  if (secretPlace === 'file' && kept.length === 0 && left.length === 0) {
    const why = 'Typed logins are kept in private files, as the config says';
    return [{ status: 'ok', code: 'secrets-in-files', why }];
  }
  const reason = await facts.keychainFault();
  if (reason === undefined) {
    if (left.length > 0) return left.map(leftOver);
    return [{ status: 'ok', code: 'keychain', why: 'The keychain answers' }];
  }
  const isNeeded = kept.length > 0;
  const effect = isNeeded
    ? `The logins that were typed for ${kept.map(({ host }) => host).join(', ')} can't be read`
    : 'docker login and podman login have nowhere to keep what is typed; tokens of clusters need no keychain';
  const finding: Finding = {
    // Where nobody typed anything, no pull needs one.
    status: isNeeded ? 'problem' : 'skipped',
    ...reason,
    effect: isNeeded ? `${effect}${orFiles(path)}` : effect,
  };
  return [finding, ...left.map(leftOver)];
}

/** Engines ask the helper only where their files name it, and our own `logout` would keep later logins from answering. */
function leftOver(host: string): Finding {
  return {
    status: 'warning',
    code: 'login-left-in-keychain',
    host,
    why: `A login for ${host} that was erased is still in the keychain`,
    effect: 'It could not be taken out then; it is answered no more, and goes once the keychain is open',
    fix: { run: `echo ${host} | docker-credential-openshift erase` },
  };
}

/** Where nobody logs in to a desktop there is no keychain to come. */
function orFiles(configFile: string | undefined): string {
  if (configFile === undefined) return '';
  return `. With the line \`secrets: file\` in ${configFile} what is typed from then on is kept in private files instead`;
}

const INSTALL = { run: INSTALL_COMMAND } as const;
const TIMER_EFFECT =
  'Tokens are renewed when they are used, too; the timer also says when a login is about to expire, and takes out logins that came to override the helper';

/** The hourly renewal. */
async function timer({ timerState, canHaveTimer, lingers, env, ours }: Facts): Promise<readonly Finding[]> {
  const state = await timerState();
  if (state === undefined) {
    // One that is not there was never wanted. It is worth a word where it could run, and would have something to do.
    const isUseful = ours.length > 0 && (await canHaveTimer());
    const rest = {
      code: 'timer-absent',
      why: 'There is no renewal timer',
      effect: TIMER_EFFECT,
      fix: INSTALL,
    };
    return [isUseful ? { status: 'note', ...rest } : { status: 'skipped', ...rest, fix: undefined }];
  }
  if (state.problems.length > 0) {
    return state.problems.map((reason) => ({ status: 'warning', effect: TIMER_EFFECT, ...reason }));
  }
  const why = `The renewal timer runs (next: ${state.next ?? 'none'})`;
  const ok: Finding = { status: 'ok', code: 'timer', why };
  const isHeadless = (env.DISPLAY ?? env.WAYLAND_DISPLAY ?? '') === '';
  return isHeadless && (await lingers()) === false ? [ok, resting(env.USER)] : [ok];
}

function resting(user: string | undefined): Finding {
  return {
    status: 'note',
    code: 'timer-rests',
    why: 'The renewal timer rests while you are logged out',
    effect: 'On a machine where nobody is logged in nothing is renewed',
    fix: { run: `sudo loginctl enable-linger ${/^[a-z_][\w.-]*$/i.test(user ?? '') ? user : '"$USER"'}` },
  };
}
