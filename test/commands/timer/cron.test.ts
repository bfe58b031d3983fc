import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { crontabLine, spreadMinute } from '../../../src/commands/timer/cron.ts';
import fc from '../../support/properties.ts';
import { answer, fakeMachine } from './fake-machine.ts';

/** What cron hands to the shell (crontab(5)): `\%` is `%`; a bare one would end the command. */
function commandOf(line: string, stripsBackslash: boolean): string {
  const command = line.replace(/^\d+ \* \* \* \* /, '');
  assert.doesNotMatch(command, /(?<!\\)%/);
  return stripsBackslash ? command.replaceAll('\\%', '%') : command;
}

test('whatever stands in a variable or a path, the shell that cron starts reads it as it was', () => {
  const text = fc
    .array(fc.oneof(fc.constantFrom('%', "'", '"', '\\', ' ', '$', '`', '#', '!', '\\%', '~'), fc.string()), {
      minLength: 1,
    })
    .map((parts) => parts.join('').replaceAll(/\p{Cc}/gu, ''))
    .filter((joined) => joined !== '');
  const show = ['/bin/sh', '-c', 'printf "%s\\n%s" "$V" "$1"', 'sh'];
  fc.assert(
    fc.property(text, text, fc.boolean(), (value, argument, stripsBackslash) => {
      const line = crontabLine(7, { command: [...show, argument], variables: [['V', value]] });
      const command = commandOf(line, stripsBackslash).replace('>/dev/null', '');
      const { stdout, stderr } = spawnSync('/bin/sh', ['-c', command], { encoding: 'utf8' });
      assert.equal(stderr, '');
      assert.equal(stdout, `${value}\n${argument}`);
    }),
    { numRuns: 60 },
  );
});

test('machines and users renew at different minutes, each always at the same one', () => {
  const minutes = Array.from({ length: 300 }, (_, uid) => spreadMinute({ hostname: 'box', uid, env: {} }));
  assert.ok(minutes.every((minute) => Number.isInteger(minute) && minute >= 0 && minute < 60));
  assert.ok(new Set(minutes).size > 50);
  const other = Array.from({ length: 300 }, (_, uid) => spreadMinute({ hostname: 'other', uid, env: {} }));
  assert.notDeepEqual(minutes, other);
  assert.equal(spreadMinute({ hostname: 'box', uid: 3, env: {} }), minutes[3]);
});

const NO_MANAGER = { 'systemctl --user is-system-running': 'missing' as const };
const ENV = { HOME: '/home/ann', PATH: "/usr/bin:/o'k %", KUBECONFIG: '/k' };

async function printedLine(env: Record<string, string>): Promise<string> {
  const { timer, out } = fakeMachine({ programs: NO_MANAGER, env });
  assert.equal(await timer('install'), 1);
  return out[0] ?? '';
}

const withCrontab = (text: string) => ({ ...NO_MANAGER, 'crontab -l': answer(0, text) });

test('status finds the line in the crontab, at whatever minute its owner put it', async () => {
  const line = (await printedLine(ENV)).replace(/^\d+/, '3');
  const env = { ...ENV, PATH: '/elsewhere' };
  const { timer, out, err } = fakeMachine({ programs: withCrontab(`# mine\n1 1 * * * x\n${line}\n`), env });
  assert.equal(await timer('status'), 0);
  assert.deepEqual(out, ['Next run: at minute 3 of the hour, by your crontab', 'The timer is up to date.']);
  assert.deepEqual(err, []);
});

test('status tells a line that was made for another KUBECONFIG, and one that is commented out', async () => {
  const line = await printedLine(ENV);
  const programs = withCrontab(`${line}\n`);
  const moved = fakeMachine({ programs, env: { ...ENV, KUBECONFIG: '/other' } });
  assert.equal(await moved.timer('status'), 1);
  assert.deepEqual(moved.err, [
    'The timer is not what would be installed now (the line) [timer-outdated]. Run: docker-credential-openshift renew --install-timer',
  ]);
  const off = fakeMachine({ programs: withCrontab(`#${line}\n`), env: ENV });
  assert.equal(await off.timer('status'), 1);
  assert.deepEqual(off.err, ['There is no timer. Run: docker-credential-openshift renew --install-timer']);
});

test('a crontab with two lines of ours is not up to date, also if each is right', async () => {
  const line = await printedLine(ENV);
  const { timer, out, err } = fakeMachine({
    programs: withCrontab(`${line}\n${line.replace(/^\d+/, '3')}\n`),
    env: ENV,
  });
  assert.equal(await timer('status'), 1);
  assert.match(out.join(), /^Next run: at minute \d+ and 3 of the hour, by your crontab$/);
  assert.deepEqual(err, [
    'Your crontab has 2 lines that end in "# docker-credential-openshift-renew": leave one [timer-repeated]. Run: crontab -e',
  ]);
});

test('remove leaves the crontab to its owner, and says which line it is', async () => {
  const { timer, err, out } = fakeMachine({ programs: withCrontab(await printedLine(ENV)), env: ENV });
  assert.equal(await timer('remove'), 1);
  assert.deepEqual(err, [
    'Your crontab renews logins. Take out the line that ends in "# docker-credential-openshift-renew". Run: crontab -e',
  ]);
  assert.deepEqual(out, []);
});

test('a line that is too long for cron is still printed, with a way out', async () => {
  const env = { ...ENV, KUBECONFIG: `/${'k'.repeat(1000)}` };
  const { timer, err } = fakeMachine({ programs: NO_MANAGER, env });
  assert.equal(await timer('install'), 1);
  assert.equal(
    err[1],
    'It is longer than most crons take: put its command into a script, and that into crontab.',
  );
});
