import assert from 'node:assert/strict';
import { chmodSync, existsSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { test } from 'node:test';
import { helperPrograms } from '../support/helper-program.ts';
import { loopbackGet } from '../support/loopback-get.ts';
import { onceChanged } from '../support/once-changed.ts';
import { startLogin } from '../support/running-login.ts';
import { visitAsPerson } from '../support/visit-as-person.ts';
import { homeAtSandbox } from './helper-home.ts';

/** What a browser left in a file, which it puts there in one step; on a busy machine the login goes on before. */
async function writtenBy(browser: string, file: string): Promise<string> {
  await onceChanged(dirname(browser), () => existsSync(file) || undefined);
  return readFileSync(file, 'utf8');
}

for (const program of helperPrograms) {
  test(`${program.name}: the person's browser is given the address, and no secret with it`, async (t) => {
    const { sandbox, home } = await homeAtSandbox(t, program);
    const browser = `${home.directory}/browser`;
    const script = `printf '%s\\n' "$#" "$@" > '${browser}.new'\nmv '${browser}.new' '${browser}.args'`;
    await home.write(browser, `#!/bin/sh\n${script}\n`);
    chmodSync(browser, 0o700);
    const login = startLogin(t, program, { env: { ...home.env, BROWSER: browser } });
    const url = await login.url;
    assert.equal(await writtenBy(browser, `${browser}.args`), `1\n${url}\n`);
    assert.match(login.printed(), /^Log in to \S+ in the browser that opens\. If none does, visit:\n/);
    const answer = await visitAsPerson(url, sandbox, 'alice');
    const { status, headers } = await loopbackGet(answer);
    assert.equal(status, 303);
    const page = await loopbackGet(new URL(String(headers.location), answer));
    assert.match(page.body, /<h1>You are logged in<\/h1>/);
    assert.equal((await login.ended).status, 0);
    const { code_verifier: verifier = '' } = Object.fromEntries(
      new URLSearchParams(String(sandbox.requests.find(({ path }) => path === '/oauth/token')?.body)),
    );
    assert.ok(verifier.length > 40 && !url.includes(verifier));
    assert.ok(!page.body.includes(String(sandbox.oauth.tokens[0]?.token)));
    assert.ok(!page.body.includes(String(answer.searchParams.get('code'))));
  });

  test(`${program.name}: a login that waits is left out of core files, and the browser is not`, {
    timeout: 40_000,
    skip: process.platform === 'linux' ? false : 'looks at processes by /proc',
  }, async (t) => {
    const { home } = await homeAtSandbox(t, program);
    const browser = `${home.directory}/browser`;
    const script = `cat /proc/self/coredump_filter > '${browser}.new'\nmv '${browser}.new' '${browser}.filter'`;
    await home.write(browser, `#!/bin/sh\n${script}\n`);
    chmodSync(browser, 0o700);
    const login = startLogin(t, program, { env: { ...home.env, BROWSER: browser } });
    await login.url;
    const ours = readFileSync('/proc/self/coredump_filter', 'utf8');
    assert.notEqual(ours, '00000000\n');
    assert.equal(await writtenBy(browser, `${browser}.filter`), ours);
    assert.equal(readFileSync(`/proc/${login.pid}/coredump_filter`, 'utf8'), '00000000\n');
    login.signal('SIGTERM');
    assert.equal((await login.ended).status, 130);
  });

  test(`${program.name}: a browser that does not open is told as none`, async (t) => {
    const { home } = await homeAtSandbox(t, program);
    for (const BROWSER of ['/bin/false', '/no/such/browser']) {
      const login = startLogin(t, program, { env: { ...home.env, BROWSER } });
      await login.url;
      assert.match(login.printed(), /^Log in to \S+ in a browser, at:\n/);
      login.signal('SIGTERM');
      assert.equal((await login.ended).status, 130);
    }
  });
}
