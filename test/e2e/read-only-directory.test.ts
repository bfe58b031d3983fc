import assert from 'node:assert/strict';
import { chmodSync, chownSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { asNobody, NOBODYS_ID, testAsRoot } from './as-root.ts';
import { helperHome } from './helper-home.ts';

const HOST = 'registry.example.com';

testAsRoot('of a file in a read-only directory setup names the directory, and what opens it', async (t) => {
  const program = await asNobody(t);
  const installed = dirname(program.command.at(-1) ?? '');
  const home = helperHome(t, program, { PATH: `${installed}:/usr/bin:/bin` });
  const file = join(home.directory, '.docker/config.json');
  const mine = (path: string) => chownSync(path, NOBODYS_ID, NOBODYS_ID);
  for (const path of [file, home.configFile]) mkdirSync(dirname(path), { recursive: true });
  writeFileSync(
    home.configFile,
    JSON.stringify({ registries: { [HOST]: { server: 'https://127.0.0.1:9' } } }),
  );
  writeFileSync(file, '{}');
  for (const path of ['', '.docker', '.docker/config.json', '.config']) mine(join(home.directory, path));
  for (const path of [dirname(home.configFile), home.configFile]) mine(path);
  const setUp = () => home.run(['setup', HOST, '--yes'], '');

  chmodSync(dirname(file), 0o555);
  const own = await setUp();
  chmodSync(dirname(file), 0o755);
  chownSync(dirname(file), NOBODYS_ID + 1, NOBODYS_ID + 1);
  const others = await setUp();
  const why = `${file} can't be changed: you may not write into its directory ${dirname(file)}`;
  assert.deepEqual(
    [own.status, own.stderr],
    [1, `${why} [unusable-file]. Run: chmod u+w ${dirname(file)}\n`],
  );
  assert.deepEqual(
    [others.status, others.stderr],
    [1, `${why} [unusable-file]. Run: ls -ld ${dirname(file)}\n`],
  );
  assert.equal(readFileSync(file, 'utf8'), '{}');
});
