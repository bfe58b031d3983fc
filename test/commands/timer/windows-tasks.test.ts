import assert from 'node:assert/strict';
import { test } from 'node:test';
import { windowsScript, windowsTask } from '../../../src/commands/timer/windows-tasks.ts';
import fc from '../../support/properties.ts';
import { answer, fakeMachine } from './fake-machine.ts';
import { child, readXml } from './read-xml.ts';

const NAME = 'docker-credential-openshift-renew';
const DIRECTORY = 'C:\\Users\\ann & co\\AppData\\Local\\docker-credential-openshift\\timer';
const SCRIPT = `${DIRECTORY}\\renew.cmd`;
const TASK = `${DIRECTORY}\\renew.xml`;
const env = {
  LOCALAPPDATA: 'C:\\Users\\ann & co\\AppData\\Local',
  USERNAME: 'ann',
  KUBECONFIG: 'D:\\k %1.yaml',
};
const windows = (setting: Parameters<typeof fakeMachine>[0] = {}) =>
  fakeMachine({
    platform: 'win32',
    uid: undefined,
    env,
    binary: ['C:\\Program Files\\x\\helper.exe'],
    ...setting,
  });

const CREATE = `schtasks /Create /F /TN ${NAME} /XML ${TASK}`;
const QUERY = `schtasks /Query /TN ${NAME} /FO CSV /V /NH`;
const ABSENT = answer(1, '', 'FEHLER: Das System kann die angegebene Datei nicht finden.\r\n');

async function installed() {
  const { timer, files } = windows({ programs: { [CREATE]: answer(0) } });
  assert.equal(await timer('install'), 0);
  return Object.fromEntries(files);
}

test('the script sets the environment, starts the helper and keeps the log of the last run', async () => {
  const files = await installed();
  assert.deepEqual(Object.keys(files), [SCRIPT, TASK]);
  assert.equal(
    files[SCRIPT],
    [
      '@echo off',
      'setlocal EnableExtensions DisableDelayedExpansion',
      'chcp 65001 >nul',
      'set "KUBECONFIG=D:\\k %%1.yaml"',
      '"C:\\Program Files\\x\\helper.exe" "renew" "--all" >"%~dpn0.log" 2>&1',
      'exit /b %errorlevel%',
      '',
    ].join('\r\n'),
  );
});

test('whatever stands in a variable but a quote, cmd reads it as it was', () => {
  const text = fc
    .array(
      fc.oneof(fc.constantFrom('%', '%PATH%', '^', '&', '|', '!', '<', ' '), fc.string({ unit: 'binary' })),
    )
    .map((parts) => parts.join('').replaceAll(/["\p{Cc}\p{Cs}\p{NChar}]/gu, ''));
  fc.assert(
    fc.property(text, (value) => {
      const line = windowsScript({ command: ['x'], variables: [['V', value]] }).split('\r\n')[3] ?? '';
      // cmd's only step between quotes, without delayed expansion: `%%` is `%`, any other would be a variable.
      assert.doesNotMatch(line.replaceAll('%%', ''), /%/);
      assert.equal(/^set "V=([^"]*)"$/.exec(line)?.[1]?.replaceAll('%%', '%'), value);
    }),
  );
});

test('a quote, and what is longer than a line of cmd, are refused by name', () => {
  for (const value of ['a"b', 'x'.repeat(8000)])
    assert.throws(() => windowsScript({ command: ['x'], variables: [['NO_PROXY', value]] }), {
      code: 'environment-unfit',
      message: /^NO_PROXY holds/,
    });
});

test('the task is well-formed ASCII, hourly, spread, hidden, and makes up for a missed hour', () => {
  const xml = windowsTask('C:\\Users\\a & ü 😀\\renew.cmd', 7);
  assert.match(xml, /^<\?xml version="1\.0"\?>\r\n<Task version="1\.2" xmlns="[^"]+">\r\n/);
  const task = readXml(xml);
  const trigger = child(task, 'Triggers', 'TimeTrigger');
  assert.equal(child(trigger, 'Repetition', 'Interval').text, 'PT1H');
  assert.equal(child(trigger, 'StartBoundary').text, '2026-01-01T00:07:00');
  assert.equal(child(trigger, 'RandomDelay').text, 'PT15M');
  const settings = child(task, 'Settings');
  assert.equal(child(settings, 'StartWhenAvailable').text, 'true');
  assert.equal(child(settings, 'Hidden').text, 'true');
  assert.equal(child(task, 'Principals', 'Principal', 'RunLevel').text, 'LeastPrivilege');
  assert.equal(
    child(task, 'Actions', 'Exec', 'Arguments').text,
    '/d /s /c ""C:\\Users\\a & ü 😀\\renew.cmd""',
  );
});

test('install registers the task, and takes its files back if that fails', async () => {
  const good = windows({ programs: { [CREATE]: answer(0) } });
  assert.equal(await good.timer('install'), 0);
  assert.deepEqual(good.out, [
    `${SCRIPT}: written`,
    `${TASK}: written`,
    `Logins are renewed every hour from now on (scheduled task ${NAME}).`,
  ]);
  const bad = windows({ programs: { [CREATE]: answer(1, '', 'ERROR: Access is denied.\r\n') } });
  assert.equal(await bad.timer('install'), 1);
  assert.deepEqual([...bad.files], []);
  assert.deepEqual(bad.err, [
    `\`${CREATE}\` failed (ERROR: Access is denied) [timer-command-failed]. Run: schtasks /Query /TN ${NAME}`,
  ]);
});

test('remove takes the task out, and works where there is none', async () => {
  const remove = `schtasks /Delete /TN ${NAME} /F`;
  const programs = { [QUERY]: answer(0, '"BOX","\\x"\r\n'), [remove]: answer(0) };
  const there = windows({ programs, files: { ...(await installed()), [`${DIRECTORY}\\renew.log`]: '' } });
  assert.equal(await there.timer('remove'), 0);
  assert.deepEqual([...there.files], []);
  assert.equal(there.out.at(-1), 'The timer is removed.');
  const none = windows({ programs: { [QUERY]: ABSENT } });
  assert.equal(await none.timer('remove'), 0);
  assert.deepEqual(none.out, ['There is no timer of yours.']);
});

test('status reads what schtasks says by position, whatever the language', async () => {
  const files = await installed();
  const row = (result: string) =>
    answer(
      0,
      `"BOX","\\${NAME}","12.08.2026 10:07:00","Bereit","Nur interaktiv","12.08.2026 09:09:12","${result}","ann ""x"""\r\n`,
    );
  for (const [result, line, status] of [
    ['0', '12.08.2026 09:09:12, success', 0],
    ['267011', 'never', 0],
    ['267009', '12.08.2026 09:09:12, running', 0],
    ['1', `12.08.2026 09:09:12, failed (exit status 1). See: ${DIRECTORY}\\renew.log`, 0],
  ] as const) {
    const { timer, out } = windows({ programs: { [QUERY]: row(result) }, files });
    assert.equal(await timer('status'), status);
    assert.deepEqual(out, [
      'Next run: 12.08.2026 10:07:00',
      `Last run: ${line}`,
      `Files: ${SCRIPT} ${TASK}`,
      'The timer is up to date.',
    ]);
  }
  const moved = windows({ programs: { [QUERY]: row('0') }, files, binary: ['D:\\helper.exe'] });
  assert.equal(await moved.timer('status'), 1);
  assert.match(
    moved.err[0] ?? '',
    /^The timer is not what would be installed now \(the helper's path\) \[timer-outdated\]\./,
  );
  const none = windows({ programs: { [QUERY]: ABSENT } });
  assert.equal(await none.timer('status'), 1);
});

test('without LOCALAPPDATA there is no place for a timer', async () => {
  const { timer, err } = windows({ env: {} });
  assert.equal(await timer('install'), 1);
  assert.match(err[0] ?? '', /^LOCALAPPDATA is not set/);
});
