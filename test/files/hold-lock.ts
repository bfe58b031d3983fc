import { withLock } from '../../src/files/lock.ts';

/**
 * A process of its own: takes the lock that its first argument names, says `held`, keeps it until its stdin ends, and
 * says `done`; or says `busy` if it is not to be had within its second argument, in ms.
 */
const [path = '', waitMs = '0'] = process.argv.slice(2);
const outcome = await withLock(path, Number(waitMs), process.geteuid?.(), async () => {
  process.stdout.write('held\n');
  for await (const _ of process.stdin);
  return 'done';
});
process.stdout.write(`${outcome ?? 'busy'}\n`);
