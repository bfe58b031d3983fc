import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { launchdAgent } from '../../../src/commands/timer/launchd.ts';
import { timerCommand } from '../../../src/commands/timer/run-timer.ts';
import fc from '../../support/properties.ts';
import { answer, fakeMachine, HELPER } from './fake-machine.ts';
import { readXml, type XmlElement } from './read-xml.ts';

const NAME = 'docker-credential-openshift-renew';
const PLIST = `/Users/ann/Library/LaunchAgents/${NAME}.plist`;
const env = { HOME: '/Users/ann', KUBECONFIG: '/a & b:/<c>' };
const mac = (setting: Parameters<typeof fakeMachine>[0] = {}) =>
  fakeMachine({ platform: 'darwin', uid: 501, env, ...setting });

const LOAD = `launchctl bootstrap gui/501 ${PLIST}`;
const PRINT = `launchctl print gui/501/${NAME}`;
const INSTALLS = {
  'launchctl print gui/501': answer(0, 'gui/501 = {…}'),
  [`launchctl enable gui/501/${NAME}`]: answer(0),
  [`launchctl bootout gui/501/${NAME}`]: answer(3, '', 'Boot-out failed: 3: No such process'),
  [LOAD]: answer(0),
};

async function installed() {
  const { timer, files } = mac({ programs: INSTALLS });
  assert.equal(await timer('install'), 0);
  return Object.fromEntries(files);
}

/** A property list's dictionary as an object. */
function dictionary({ name, children }: XmlElement): Record<string, unknown> {
  assert.equal(name, 'dict');
  const entries: [string, unknown][] = [];
  for (let index = 0; index < children.length; index += 2) {
    assert.equal(children[index]?.name, 'key');
    const value = children[index + 1] ?? assert.fail('a key without a value');
    entries.push([children[index]?.text ?? '', value.name === 'dict' ? dictionary(value) : plain(value)]);
  }
  return Object.fromEntries(entries);
}

function plain({ name, text, children }: XmlElement): unknown {
  if (name === 'array') return children.map(plain);
  if (name === 'integer') return Number(text);
  return name === 'string' ? text : name === 'true';
}

const read = (plist: string) => dictionary(readXml(plist).children[0] ?? assert.fail('empty plist'));

test('the agent runs hourly and at login, with the environment it was given', async () => {
  const files = await installed();
  assert.deepEqual(Object.keys(files), [PLIST]);
  assert.deepEqual(read(files[PLIST] ?? ''), {
    Label: NAME,
    ProgramArguments: [HELPER, 'renew', '--all'],
    EnvironmentVariables: env,
    StartInterval: 3600,
    RunAtLoad: true,
    ProcessType: 'Background',
    Umask: 0o77,
    StandardErrorPath: `/Users/ann/Library/Logs/${NAME}.log`,
  });
});

test('whatever stands in a variable or an argument, the property list carries it', () => {
  const text = fc.string({ unit: 'binary' }).map((raw) => raw.replaceAll(/[\p{Cc}\p{Cs}\p{NChar}]/gu, ''));
  fc.assert(
    fc.property(text, text, (value, argument) => {
      const { EnvironmentVariables, ProgramArguments } = read(
        launchdAgent({ command: ['/x', argument], variables: [['V', value]] }, undefined),
      );
      assert.deepEqual([EnvironmentVariables, ProgramArguments], [{ V: value }, ['/x', argument]]);
    }),
  );
});

test('the packaged agent is the generated one for /usr/local/bin, without an environment', () => {
  const path = new URL(`../../../packaging/launchd/${NAME}.plist`, import.meta.url);
  assert.equal(
    readFileSync(path, 'utf8'),
    launchdAgent({ command: timerCommand([HELPER]), variables: [] }, undefined),
  );
});

test('install loads the agent, and waits while launchd lets go of the former one', async () => {
  const busy = answer(5, '', 'Bootstrap failed: 5: Input/output error');
  const programs = { ...INSTALLS, [LOAD]: [busy, answer(37), answer(0)] };
  const machine = mac({ programs });
  assert.equal(await machine.timer('install'), 0);
  assert.equal(machine.pauses(), 2);
  assert.deepEqual(machine.out, [
    `${PLIST}: written`,
    `Logins are renewed every hour from now on (${NAME}).`,
  ]);
});

test('a second install leaves a loaded agent alone', async () => {
  const programs = { 'launchctl print gui/501': answer(0), [PRINT]: answer(0, 'state = not running') };
  const { timer, out } = mac({ programs, files: await installed() });
  assert.equal(await timer('install'), 0);
  assert.equal(out[0], `${PLIST}: nothing to change`);
});

test("if the agent can't be loaded, no file stays behind, or the former agent is loaded again", async () => {
  const disabled = answer(119, '', 'Bootstrap failed: 119: Service is disabled');
  const first = mac({ programs: { ...INSTALLS, [LOAD]: disabled } });
  assert.equal(await first.timer('install'), 1);
  assert.deepEqual([...first.files], []);
  assert.match(
    first.err[0] ?? '',
    /failed \(Bootstrap failed: 119: Service is disabled\) \[timer-command-failed\]\. Run: /,
  );
  // launchd that never lets go ends the waiting.
  const busy = answer(5, '', 'Bootstrap failed: 5: Input/output error');
  const programs = { ...INSTALLS, [LOAD]: [...Array(30).fill(busy), answer(0)] };
  const update = mac({ programs, files: { [PLIST]: 'former' } });
  assert.equal(await update.timer('install'), 1);
  assert.deepEqual([update.files.get(PLIST), update.pauses(), update.ran.at(-1)], ['former', 29, LOAD]);
});

test('where nobody is logged in at the screen, nothing is written and cron is advised', async () => {
  const programs = { 'launchctl print gui/501': answer(125, '', 'Domain does not support specified action') };
  const { timer, files, out, err } = mac({ programs });
  assert.equal(await timer('install'), 1);
  assert.deepEqual([...files], []);
  assert.match(out[0] ?? '', /^\d+ \* \* \* \* HOME=\/Users\/ann KUBECONFIG='\/a & b:\/<c>' /);
  assert.match(
    err[0] ?? '',
    /^Nothing was installed: launchd runs agents only for who is logged in at the screen\./,
  );
});

test('remove unloads the agent and its file, and works where there is none', async () => {
  const programs = {
    [`launchctl bootout gui/501/${NAME}`]: answer(3),
    'crontab -l': answer(1, '', 'crontab: no crontab for ann'),
  };
  const there = mac({ programs, files: await installed() });
  assert.equal(await there.timer('remove'), 0);
  assert.deepEqual([...there.files], []);
  assert.deepEqual(there.out, [`${PLIST}: removed`, 'The timer is removed.']);
  const none = mac({ programs });
  assert.equal(await none.timer('remove'), 0);
  assert.deepEqual(none.out, ['There is no timer of yours.']);
});

test('status tells the last result, and an agent that is outdated or not loaded', async () => {
  const files = await installed();
  const printed = (code: string) => ({
    [PRINT]: answer(0, `\tstate = not running\n\tlast exit code = ${code}\n`),
  });
  for (const [code, line] of [
    ['0', 'success'],
    ['2', `failed (exit status 2). See: ~/Library/Logs/${NAME}.log`],
    ['(never exited)', 'not since login'],
  ] as const) {
    const { timer, out, err } = mac({ programs: printed(code), files });
    assert.equal(await timer('status'), 0);
    assert.deepEqual(out, [
      'Next run: within an hour of the last, and at login',
      `Last run: ${line}`,
      `Files: ${PLIST}`,
      'The timer is up to date.',
    ]);
    assert.deepEqual(err, []);
  }
  const moved = mac({ programs: printed('0'), files, binary: ['/new/helper'], env: { HOME: '/Users/ann' } });
  assert.equal(await moved.timer('status'), 1);
  assert.match(moved.err[0] ?? '', /\(KUBECONFIG, the helper's path\)/);
  const off = mac({ programs: { [PRINT]: answer(113) }, files });
  assert.equal(await off.timer('status'), 1);
  assert.deepEqual(off.err, [
    'The timer is not loaded [timer-stopped]. Run: docker-credential-openshift renew --install-timer',
  ]);
});
