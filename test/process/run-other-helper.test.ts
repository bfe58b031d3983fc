import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { runOtherHelper } from '../../src/process/run-program.ts';
import { hasEnded } from '../support/has-ended.ts';
import { onceChanged } from '../support/once-changed.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

/** A PATH with docker-credential-slow before it, which says who its child is and waits for it. */
function withSlowHelper(t: TestContext): { PATH: string; childFile: string } {
  const directory = temporaryDirectory(t);
  const childFile = join(directory, 'child');
  const script = `#!/bin/sh\nsleep 1000 &\necho $! > '${childFile}.new' && mv '${childFile}.new' '${childFile}'\nwait\n`;
  writeFileSync(join(directory, 'docker-credential-slow'), script, { mode: 0o755 });
  return { PATH: `${directory}:${process.env.PATH}`, childFile };
}

const childIn = (file: string) => Number(readFileSync(file, 'utf8'));

test('a helper that is late is ended with what it started', async (t) => {
  const { PATH, childFile } = withSlowHelper(t);
  const before = process.env.PATH;
  process.env.PATH = PATH;
  t.after(() => {
    process.env.PATH = before;
  });
  // Long enough that it has said who its child is.
  assert.deepEqual(await runOtherHelper('docker-credential-slow', 'list', 'unused', 3000), { kind: 'late' });
  assert.ok(await hasEnded(childIn(childFile)));
  assert.deepEqual(await runOtherHelper('docker-credential-no-such', 'list', 'unused'), { kind: 'missing' });
  assert.equal(process.listenerCount('SIGINT'), 0);
});

test('whoever ends the caller, by Ctrl-C or a signal, ends the helper and what it started', async (t) => {
  const module = pathToFileURL(join(import.meta.dirname, '../../src/process/run-program.ts')).href;
  const program = `(await import(${JSON.stringify(module)})).runOtherHelper('docker-credential-slow', 'list', 'unused', 60_000)`;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    const { PATH, childFile } = withSlowHelper(t);
    const caller = spawn(process.execPath, ['--input-type=module', '-e', program], {
      env: { ...process.env, PATH },
      stdio: 'ignore',
    });
    const child = await onceChanged(dirname(childFile), () =>
      existsSync(childFile) ? childIn(childFile) : undefined,
    );
    const ended = new Promise((resolve) => caller.once('exit', (_code, by) => resolve(by)));
    caller.kill(signal);
    assert.equal(await ended, signal);
    assert.ok(await hasEnded(child));
  }
});
