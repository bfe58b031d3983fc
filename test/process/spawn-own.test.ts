import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { spawnOwn } from '../../src/process/spawn-own.ts';
import { hasEnded } from '../support/has-ended.ts';
import { onceChanged } from '../support/once-changed.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

/** A program whose child is in a session of its own, and says in a file who it is. */
function leavesItsGroup(t: TestContext, by = 'setsid'): { program: string; childFile: string } {
  const directory = temporaryDirectory(t);
  const childFile = join(directory, 'child');
  const program = join(directory, 'program');
  const child = `echo $$ > '${childFile}.new' && mv '${childFile}.new' '${childFile}' && exec sleep 1000`;
  writeFileSync(program, `#!/bin/sh\n${by} sh -c "${child.replaceAll('$', '\\$')}" &\nwait\n`, {
    mode: 0o755,
  });
  return { program, childFile };
}

const written = (file: string) =>
  onceChanged(dirname(file), () => (existsSync(file) ? Number(readFileSync(file, 'utf8')) : undefined));

test('what a program put into a session of its own is ended with it, without its environment, too', {
  skip: process.platform !== 'linux',
}, async (t) => {
  for (const by of ['setsid', 'setsid env -i']) {
    const { program, childFile } = leavesItsGroup(t, by);
    const own = spawnOwn(program, [], { stdio: 'ignore' });
    const child = await written(childFile);
    own.end();
    own.letGo();
    assert.ok(await hasEnded(child));
    assert.equal(process.listenerCount('SIGTERM'), 0);
  }
});

test('a signal that ends the caller ends the program first, and what left its group', {
  skip: process.platform !== 'linux',
}, async (t) => {
  const module = pathToFileURL(join(import.meta.dirname, '../../src/process/spawn-own.ts')).href;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    const { program, childFile } = leavesItsGroup(t);
    const code = `(await import(${JSON.stringify(module)})).spawnOwn(${JSON.stringify(program)}, [], { stdio: 'ignore' })`;
    const caller = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: 'ignore' });
    const child = await written(childFile);
    const ended = new Promise((resolve) => caller.once('exit', (_code, by) => resolve(by)));
    caller.kill(signal);
    assert.equal(await ended, signal);
    assert.ok(await hasEnded(child));
  }
});

test("signals are watched before the program is started, and no longer if it can't be", () => {
  const counts: number[] = [];
  const env = new Proxy(
    {},
    {
      ownKeys: () => {
        // Asked for while the program's environment is put together.
        counts.push(process.listenerCount('SIGTERM'));
        return [];
      },
    },
  );
  spawnOwn(process.execPath, ['--version'], { env, stdio: 'ignore' }).letGo();
  assert.equal(counts[0], 1);
  assert.throws(() => spawnOwn('a\0b', [], {}));
  assert.equal(process.listenerCount('SIGTERM'), 0);
});
