import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { compiledHelper } from '../support/helper-program.ts';
import { installEngine } from './doctor-findings.ts';
import { linkedHome } from './helper-home.ts';

interface Told {
  readonly hosts: readonly { readonly reasons: readonly { readonly code: string; readonly why: string }[] }[];
  readonly lookups: readonly { readonly engine: string; readonly winner: { readonly kind: string } }[];
  readonly findings: readonly { readonly code: string; readonly check: string }[];
}

const FILES = ['run/containers/auth.json', '.config/containers/auth.json', '.docker/config.json'] as const;
const CONTENTS = ['nothing', 'helper', 'login', 'both'] as const;

/** Every layout of four contents in three files is too many for one test: these meet each pair of them. */
const LAYOUTS = CONTENTS.flatMap((first, i) =>
  CONTENTS.map((second, j) => [first, second, CONTENTS[(i + j) % CONTENTS.length] ?? 'nothing'] as const),
);

test('status names the engines that take another login, doctor the same, and both what get answers', async (t) => {
  const { home, host } = await linkedHome(t, compiledHelper);
  for (const engine of ['docker', 'podman'] as const) await installEngine(home, engine);
  await compiledHelper.install(join(home.directory, 'bin'));
  const env = {
    ...home.env,
    PATH: join(home.directory, 'bin'),
    XDG_RUNTIME_DIR: join(home.directory, 'run'),
  };
  const auth = Buffer.from('bob:typed').toString('base64');
  const textOf = (content: (typeof CONTENTS)[number]) =>
    JSON.stringify({
      auths: content === 'login' || content === 'both' ? { [host]: { auth } } : {},
      ...(content === 'helper' || content === 'both' ? { credHelpers: { [host]: 'openshift' } } : {}),
    });
  const json = async (...words: string[]) =>
    JSON.parse((await home.run([...words, '--json'], '', { env })).stdout) as Told;
  let overridden = 0;
  for (const layout of LAYOUTS) {
    for (const [index, file] of FILES.entries()) {
      await home.write(join(home.directory, file), textOf(layout[index] ?? 'nothing'));
    }
    const status = await json('status', host);
    const doctor = await json('doctor', host);
    const { lookups, findings } = doctor;
    const [told] = status.hosts;
    const byStatus = (told?.reasons ?? []).filter(({ code }) => code === 'login-overrides');
    const byDoctor = lookups.filter(({ winner }) => winner.kind === 'login').map(({ engine }) => engine);
    assert.deepEqual(
      byStatus.map(({ why }) => why.split(' ', 1)[0]),
      byDoctor,
      layout.join(),
    );
    assert.equal(
      findings.some(({ code }) => code === 'login-overrides-helper'),
      byDoctor.length > 0,
      layout.join(),
    );
    assert.ok(findings.some(({ check, code }) => check === 'login' && code === 'token'));
    overridden += byDoctor.length;
  }
  assert.ok(overridden > 0);
  assert.equal((await home.get(host, { env })).username, 'alice');
});
