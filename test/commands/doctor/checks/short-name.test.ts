import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shortName } from '../../../../src/commands/doctor/checks/short-name.ts';
import { parseSubject } from '../../../../src/commands/doctor/subject.ts';
import { resolveImage } from '../../../../src/engines/lookup/resolve-image.ts';
import { registriesConf } from '../../../engines/lookup/lookup-world.ts';

async function check(
  word: string,
  search: readonly string[],
  mode: 'enforcing' | 'permissive' = 'permissive',
) {
  const subject = parseSubject(word);
  if (subject?.kind !== 'image') return assert.fail();
  const names = search.length === 0 ? undefined : { registries: search, path: '/etc/r.conf' };
  const conf = registriesConf({ shortNames: { aliases: new Map(), search: names, mode, fault: undefined } });
  const resolutions = async () =>
    (['docker', 'podman'] as const).map((engine) => resolveImage(engine, subject, conf));
  return shortName({ resolutions }, { subject });
}

test('a name without a registry that podman does not know is a problem, with the name to type', async () => {
  const [found, ...more] = await check('alpine:edge', []);
  assert.deepEqual([found?.status, more], ['problem', []]);
  assert.equal(found?.saw, 'podman does not know of which registry alpine:edge is');
  assert.equal(found?.mend, 'podman pull docker.io/library/alpine:edge');
});

test('which registry podman takes is told where docker takes another', async () => {
  const [other] = await check('ns/app', ['a.io']);
  assert.deepEqual(
    [other?.status, other?.saw, other?.why],
    ['note', 'podman takes ns/app for a.io/ns/app (/etc/r.conf)', 'docker takes it for docker.io/ns/app'],
  );
  const [same] = await check('ns/app', ['docker.io']);
  assert.equal(same?.status, 'ok');
});

test('several registries are a warning where podman asks its user for one of them, or fails', async () => {
  const [strict] = await check('app', ['a.io', 'b.io'], 'enforcing');
  assert.deepEqual([strict?.status, strict?.mend], ['warning', 'Type it in full: a.io/app, or b.io/app.']);
  assert.equal((await check('app', ['a.io', 'b.io']))[0]?.status, 'note');
});

test('a name with a registry is not spoken of', async () => {
  assert.deepEqual(await check('a.io/ns/app', []), []);
});
