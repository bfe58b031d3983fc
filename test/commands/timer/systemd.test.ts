import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answer, fakeMachine, HELPER } from './fake-machine.ts';

const UNITS = '/home/ann/.config/systemd/user';
const NAME = 'docker-credential-openshift-renew';
const SERVICE = `${UNITS}/${NAME}.service`;
const TIMER = `${UNITS}/${NAME}.timer`;
const LINK = `${UNITS}/timers.target.wants/${NAME}.timer`;
const RUNNING = { 'systemctl --user is-system-running': answer(0, 'running\n') };
const ENABLE = `systemctl --user enable --now ${NAME}.timer`;
const INSTALLS = {
  ...RUNNING,
  'systemctl --user daemon-reload': answer(0),
  [ENABLE]: answer(0),
  'loginctl show-user 1000 --property=Linger': answer(0, 'Linger=yes\n'),
};
const NO_CRONTAB = { 'crontab -l': answer(1, '', 'no crontab for ann\n') };

/** The files as a first install leaves them. */
async function installedFiles(env?: Record<string, string>, binary?: string[]) {
  const machine = fakeMachine({ programs: INSTALLS, ...(env && { env }), ...(binary && { binary }) });
  assert.equal(await machine.timer('install'), 0);
  return Object.fromEntries(machine.files);
}

test('install writes both units, reloads, starts the timer and says so', async () => {
  const { timer, files, out, err, ran } = fakeMachine({ programs: INSTALLS });
  assert.equal(await timer('install'), 0);
  assert.deepEqual([...files.keys()], [SERVICE, TIMER]);
  assert.match(
    files.get(SERVICE) ?? '',
    /^ExecStart=\/usr\/local\/bin\/docker-credential-openshift renew --all$/m,
  );
  assert.deepEqual(out, [
    `${SERVICE}: written`,
    `${TIMER}: written`,
    `Logins are renewed every hour from now on (${NAME}.timer).`,
  ]);
  assert.deepEqual(err, []);
  assert.deepEqual(ran, Object.keys(INSTALLS));
});

test('a second install changes no file and still makes sure that the timer runs', async () => {
  const { timer, out, ran } = fakeMachine({ programs: INSTALLS, files: await installedFiles() });
  assert.equal(await timer('install'), 0);
  assert.deepEqual(out.slice(0, 2), [`${SERVICE}: nothing to change`, `${TIMER}: nothing to change`]);
  assert.ok(ran.includes(ENABLE));
});

test('without lingering the one command for headless machines is named; a logind that does not answer says nothing', async () => {
  const linger = 'loginctl show-user 1000 --property=Linger';
  for (const told of [answer(1, '', 'Failed to get user'), 'missing', answer(0, 'Linger=no\n')] as const) {
    const { timer, out } = fakeMachine({ programs: { ...INSTALLS, [linger]: told } });
    assert.equal(await timer('install'), 0);
    const rests = told !== 'missing' && told.status === 0;
    assert.equal(out.length, rests ? 4 : 3);
    assert.equal(/: sudo loginctl enable-linger ann$/.test(out.at(-1) ?? ''), rests);
  }
});

test('the units go where the manager looks, even if the shell has its own XDG_CONFIG_HOME', async () => {
  const show = 'systemctl --user show --property=UnitPath --value';
  for (const [unitPath, directory] of [
    [`/etc/systemd/user ${UNITS}\n`, UNITS],
    ['/cfg/systemd/user /etc/systemd/user\n', '/cfg/systemd/user'],
  ] as const) {
    const programs = { ...INSTALLS, [show]: answer(0, unitPath) };
    const env = { HOME: '/home/ann', XDG_CONFIG_HOME: '/cfg/' };
    const { timer, files } = fakeMachine({ programs, env });
    assert.equal(await timer('install'), 0);
    assert.deepEqual([...files.keys()], [`${directory}/${NAME}.service`, `${directory}/${NAME}.timer`]);
  }
});

test('a proxy with a login and a helper in a passing place are told', async () => {
  const env = { HOME: '/home/ann', HTTPS_PROXY: 'http://ann:secret@p' };
  const { timer, err, files } = fakeMachine({ programs: INSTALLS, env, binary: ['/tmp/x/helper'] });
  assert.equal(await timer('install'), 0);
  assert.deepEqual(err, [
    'Left out, since it holds a login: HTTPS_PROXY. If the timer needs it, put it into ~/.config/environment.d/proxy.conf (mode 600), which user services read.',
    'Warning: /tmp/x/helper lies in a place that is emptied now and then; install the helper elsewhere.',
  ]);
  assert.doesNotMatch([...files.values()].join(''), /secret/);
});

test("if the timer can't be started, no unit stays behind, or the former ones are back", async () => {
  const failed = { ...INSTALLS, [ENABLE]: answer(1, '', 'Failed to enable unit: no.\nmore') };
  const { timer, files, err, ran } = fakeMachine({ programs: failed, files: { [LINK]: '' } });
  assert.equal(await timer('install'), 1);
  assert.deepEqual([...files], []);
  assert.deepEqual(err, [
    `\`${ENABLE}\` failed (Failed to enable unit: no) [timer-command-failed]. Run: systemctl --user status ${NAME}.timer`,
  ]);
  assert.equal(ran.at(-1), 'systemctl --user daemon-reload');
  const former = { [SERVICE]: 'old service', [TIMER]: 'old timer', [LINK]: 'old timer' };
  const programs = { ...INSTALLS, 'systemctl --user daemon-reload': [answer(1, '', 'no'), answer(0)] };
  const update = fakeMachine({ programs, files: former });
  assert.equal(await update.timer('install'), 1);
  assert.deepEqual(Object.fromEntries(update.files), former);
});

test("a unit directory that can't be written is named with the way to look at it", async () => {
  const { timer, err, files } = fakeMachine({ programs: INSTALLS, denied: { [TIMER]: 'EROFS' } });
  assert.equal(await timer('install'), 1);
  assert.deepEqual(err, [`${TIMER} can't be kept (EROFS) [timer-not-written]. Run: ls -ld '${UNITS}'`]);
  assert.deepEqual([...files], []);
});

test('without a user manager nothing is written, and stdout has just the line for cron', async () => {
  for (const [told, why] of [
    ['missing' as const, 'systemctl is not installed'],
    [
      answer(1, 'offline\n', 'System has not been booted with systemd.\n'),
      'System has not been booted with systemd',
    ],
    [answer(1, '', ''), 'exit status 1'],
    [answer(1, 'offline\n'), 'the system was not started by systemd'],
  ] as const) {
    const { timer, out, err, files } = fakeMachine({
      programs: { 'systemctl --user is-system-running': told },
      env: { HOME: '/home/ann', KUBECONFIG: '/a b' },
    });
    assert.equal(await timer('install'), 1);
    assert.deepEqual([...files], []);
    assert.deepEqual(out, [
      `12 * * * * HOME=/home/ann KUBECONFIG='/a b' ${HELPER} renew --all >/dev/null # ${NAME}`,
    ]);
    assert.deepEqual(err, [
      `Nothing was installed: no systemd user manager answers here (${why}). Where cron runs, add this line (crontab -e); elsewhere let something else run it hourly:`,
    ]);
  }
});

test('remove stops the timer and takes away what was installed', async () => {
  const programs = {
    ...RUNNING,
    [`systemctl --user is-enabled ${NAME}.timer`]: answer(0, 'enabled\n'),
    [`systemctl --user disable --now ${NAME}.timer`]: answer(0),
    'systemctl --user daemon-reload': answer(0),
    [`systemctl --user reset-failed ${NAME}.service ${NAME}.timer`]: answer(1),
    ...NO_CRONTAB,
  };
  const { timer, files, out, ran } = fakeMachine({ programs, files: await installedFiles() });
  assert.equal(await timer('remove'), 0);
  assert.deepEqual([...files], []);
  assert.deepEqual(out, [`${SERVICE}: removed`, `${TIMER}: removed`, 'The timer is removed.']);
  assert.deepEqual(ran, Object.keys(programs));
});

test('remove works where nothing is there, and where no manager is', async () => {
  const without = {
    'systemctl --user is-system-running': 'missing' as const,
    'crontab -l': 'missing' as const,
  };
  const nothing = fakeMachine({ programs: without });
  assert.equal(await nothing.timer('remove'), 0);
  assert.deepEqual(nothing.out, ['There is no timer of yours.']);

  const left = fakeMachine({ programs: without, files: { ...(await installedFiles()), [LINK]: '' } });
  assert.equal(await left.timer('remove'), 0);
  assert.deepEqual([...left.files], []);
});

const SHOW_TIMER = `systemctl --user show ${NAME}.timer --property=LoadState,ActiveState,FragmentPath,DropInPaths,NextElapseUSecRealtime,LastTriggerUSec`;
const SHOW_SERVICE = `systemctl --user show ${NAME}.service --property=FragmentPath,DropInPaths,Result,ExecMainStatus`;
const shown = (last: string, service: string, active = 'active') => ({
  ...RUNNING,
  [SHOW_TIMER]: answer(
    0,
    `NextElapseUSecRealtime=Wed 2026-08-12 10:04:11 UTC\nLastTriggerUSec=${last}\nLoadState=loaded\nActiveState=${active}\nFragmentPath=${TIMER}\n`,
  ),
  [SHOW_SERVICE]: answer(0, `${service}\nFragmentPath=${SERVICE}\n`),
});
const GOOD = shown('Wed 2026-08-12 09:02:30 UTC', 'Result=success\nExecMainStatus=0');

test('status tells the next run, the last result and the units', async () => {
  const { timer, out, err } = fakeMachine({ programs: GOOD, files: await installedFiles() });
  assert.equal(await timer('status'), 0);
  assert.deepEqual(out, [
    'Next run: Wed 2026-08-12 10:04:11 UTC',
    'Last run: Wed 2026-08-12 09:02:30 UTC, success',
    `Files: ${SERVICE} ${TIMER}`,
    'The timer is up to date.',
  ]);
  assert.deepEqual(err, []);
});

test('status tells a failed run with the way to its log, and a timer that never ran', async () => {
  const files = await installedFiles();
  const failed = shown('Wed 2026-08-12 09:02:30 UTC', 'Result=exit-code\nExecMainStatus=3');
  const timedOut = shown('Wed 2026-08-12 09:02:30 UTC', 'Result=timeout\nExecMainStatus=15');
  for (const [programs, line] of [
    [
      failed,
      `Wed 2026-08-12 09:02:30 UTC, failed (exit status 3). See: journalctl --user -u ${NAME}.service`,
    ],
    [timedOut, `Wed 2026-08-12 09:02:30 UTC, failed (timeout). See: journalctl --user -u ${NAME}.service`],
    [shown('', 'Result=success\nExecMainStatus=0'), 'never'],
  ] as const) {
    const { timer, out } = fakeMachine({ programs, files });
    assert.equal(await timer('status'), 0);
    assert.equal(out[1], `Last run: ${line}`);
  }
});

test('status names what changed since the install, but not what differs between shells', async () => {
  const files = await installedFiles({ HOME: '/home/ann', PATH: '/bin', KUBECONFIG: '/a' }, ['/old/helper']);
  const env = { HOME: '/home/ann', PATH: '/sbin', KUBECONFIG: '/b', NO_PROXY: 'x' };
  const { timer, err } = fakeMachine({ programs: GOOD, files, env });
  assert.equal(await timer('status'), 1);
  assert.deepEqual(err, [
    "The timer is not what would be installed now (KUBECONFIG, NO_PROXY, the helper's path) [timer-outdated]. Run: docker-credential-openshift renew --install-timer",
  ]);
  const same = fakeMachine({
    programs: GOOD,
    files,
    env: { ...env, KUBECONFIG: '/a', NO_PROXY: '' },
    binary: ['/old/helper'],
  });
  assert.equal(await same.timer('status'), 0);
});

test('status tells a stopped timer, and one that is not there', async () => {
  const programs = shown('', 'Result=success', 'inactive');
  const stopped = fakeMachine({ programs, files: await installedFiles() });
  assert.equal(await stopped.timer('status'), 1);
  assert.equal(stopped.out[0], 'Next run: none');
  assert.deepEqual(stopped.err, [
    'The timer is inactive [timer-stopped]. Run: docker-credential-openshift renew --install-timer',
  ]);
  const none = fakeMachine({
    programs: { ...RUNNING, [SHOW_TIMER]: answer(0, 'LoadState=not-found\n'), ...NO_CRONTAB },
  });
  assert.equal(await none.timer('status'), 1);
  assert.deepEqual(none.err, ['There is no timer. Run: docker-credential-openshift renew --install-timer']);
});

test('status sees drop-ins that change the time or the program, and leaves what else they set to their owner', async () => {
  const dropIn = `${TIMER}.d/override.conf`;
  const programs = {
    ...GOOD,
    [SHOW_TIMER]: answer(0, `${GOOD[SHOW_TIMER]?.stdout}DropInPaths=${dropIn}\n`),
    [SHOW_SERVICE]: answer(
      0,
      `${GOOD[SHOW_SERVICE]?.stdout}DropInPaths=${SERVICE}.d/mine.conf /usr/x.conf\n`,
    ),
  };
  const installed = await installedFiles();
  for (const [timerText, serviceText, changed] of [
    ['[Timer]\nOnCalendar=\nOnCalendar = daily\n', '', ['the schedule', dropIn]],
    ['', '[Service]\nExecStart=\nExecStart=/x\n', ["the helper's path", `${SERVICE}.d/mine.conf`]],
    ['', '[Service]\nEnvironment=HOME=/root\n', ['HOME', `${SERVICE}.d/mine.conf`]],
    ['[Timer]\n# OnCalendar=daily\n', '[Service]\nTimeoutStartSec=1h\nEnvironment=VAULT_ADDR=x\n', undefined],
  ] as const) {
    const files = { ...installed, [dropIn]: timerText, [`${SERVICE}.d/mine.conf`]: serviceText };
    const { timer, err } = fakeMachine({ programs, files });
    assert.equal(await timer('status'), changed === undefined ? 0 : 1);
    const said = changed?.map((text) => err[0]?.includes(text));
    assert.deepEqual([err.length, said], changed === undefined ? [0, undefined] : [1, [true, true]]);
  }
});
