import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { runAuthfile } from '../../../src/commands/authfile/run-authfile.ts';
import { systemdTimer } from '../../../src/commands/timer/systemd-units.ts';
import { AppError } from '../../../src/hosts/reason.ts';
import { blocksOf } from '../../docs/pages.ts';
import { unexpected } from '../../support/identities.ts';

const ROOT = join(import.meta.dirname, '../../..');
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const unit = (kind: string) => read(`packaging/systemd/docker-credential-openshift-authfile@.${kind}`);
const page = { path: 'docs/renewal-timer.md', text: read('docs/renewal-timer.md') };

/** What the page has people write beside the unit, and the crontab's line. */
function shown(): { variables: Map<string, string>; cron: string } {
  const blocks = blocksOf(page).filter(({ lines }) => lines.some((line) => /authfile/i.test(line)));
  const lines = blocks.flatMap((block) => block.lines);
  const assigned = lines.flatMap((line) => /^(AUTHFILE\w*)=(.*)$/.exec(line) ?? []);
  return {
    variables: new Map([
      [assigned[1] ?? '', assigned[2] ?? ''],
      [assigned[4] ?? '', assigned[5] ?? ''],
    ]),
    cron: lines.find((line) => line.includes(' * * * * ')) ?? '',
  };
}

/** Runs the command up to its first look at the file. @returns what it was to write, and for which hosts */
async function looked(args: readonly string[]): Promise<unknown> {
  let seen: unknown;
  await runAuthfile(args, {
    print: unexpected('print'),
    printError: () => {},
    nowMs: unexpected('nowMs'),
    inspect: async (...asked) => {
      seen = asked;
      throw new AppError({ code: 'x', message: 'enough' });
    },
    obtain: unexpected('obtain'),
    write: unexpected('write'),
  });
  return seen;
}

test('the unit for a file starts a command line that authfile takes, with what the page has people write', async () => {
  const { variables, cron } = shown();
  const command = /^ExecStart=\/usr\/bin\/docker-credential-openshift authfile (.*)$/m.exec(
    unit('service'),
  )?.[1];
  // systemd.service(5): `${NAME}` is one word, and `$NAME` as many as there are in it.
  const args = (command ?? '').split(' ').flatMap((word) => {
    const [, whole, split] = /^\$(?:\{(\w+)\}|(\w+))$/.exec(word) ?? [];
    if (whole !== undefined) return [variables.get(whole) ?? assert.fail(whole)];
    return split === undefined ? [word] : (variables.get(split) ?? assert.fail(split)).split(' ');
  });
  const wanted = ['/srv/builds/auth.json', ['registry.example.com']];
  assert.deepEqual(await looked(['--to', ...args.slice(1)]), wanted);
  assert.deepEqual(await looked(cron.replace(/^.* authfile /, '').split(' ')), wanted);
});

test('it is started as often as the renewal of logins', () => {
  const settings = (text: string) => text.split('\n').filter((line) => !line.startsWith('Description='));
  assert.deepEqual(settings(unit('timer')), settings(systemdTimer()));
});
