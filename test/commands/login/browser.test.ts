import assert from 'node:assert/strict';
import { test } from 'node:test';
import { browserLogin } from '../../../src/commands/login/browser.ts';
import type { CallbackHandlers, LoggedIn } from '../../../src/commands/login/ports.ts';
import { AppError } from '../../../src/hosts/reason.ts';
import { unexpected } from '../../support/identities.ts';

type BrowserLoginPorts = Parameters<typeof browserLogin>[3];

const METHOD = { kind: 'browser', port: 0, timeoutMs: 300_000, opensBrowser: true } as const;
const CLUSTER = { cluster: 'app.ci', server: 'https://api.example.com:6443' };
const ALICE: LoggedIn = { user: 'alice', expiresAtMs: null };
const TOKEN = `sha256~${'k'.repeat(43)}`;

/** A login that waits, and everything that may happen to it. */
function waiting(
  changes: Partial<BrowserLoginPorts> = {},
  finish: (token: string) => Promise<LoggedIn> = async () => ALICE,
) {
  const said: string[] = [];
  const closedAfter: number[] = [];
  const stopping = new AbortController();
  let handlers: CallbackHandlers | undefined;
  let type: (line: string) => void = unexpected('type');
  let runOut: () => void = unexpected('runOut');
  let isReady: () => void = () => {};
  const ready = new Promise<void>((resolve) => {
    isReady = resolve;
  });
  const outcome = browserLogin(METHOD, CLUSTER, finish, {
    nowMs: () => 0,
    printError: (line) => {
      said.push(line);
      if (line.startsWith('Waiting')) isReady();
    },
    startCallbackServer: async (_port, given) => {
      handlers = given;
      return {
        redirectUri: 'http://127.0.0.1:8000/callback',
        port: 8000,
        close: async (lingerMs) => void closedAfter.push(lingerMs),
      };
    },
    authorize: async () => ({
      url: 'https://oauth.example.com/authorize',
      state: 'right',
      tokenPage: 'https://oauth.example.com/oauth/token/request',
      exchange: async (answer) => (answer.get('code') === 'good' ? TOKEN : unexpected('exchange')()),
    }),
    openBrowser: async () => true,
    readPasted: (onLine) => {
      type = onLine;
      return () => {};
    },
    after: (_ms, call) => {
      runOut = call;
      return () => {};
    },
    interrupted: stopping.signal,
    hostname: () => 'builder',
    ...changes,
  });
  outcome.catch(() => {});
  const callback = (query: string) => (handlers as CallbackHandlers).onCallback(new URLSearchParams(query));
  const title = async (query: string) => /<h1>(.*)<\/h1>/.exec((await callback(query)).page.html)?.[1];
  return {
    outcome,
    ready,
    said,
    closedAfter,
    stopping,
    title,
    type: (line: string) => type(line),
    runOut: () => runOut(),
  };
}

test('the first answer with the right state counts, once, and the browser gets its page before the port is closed', async () => {
  const login = waiting();
  await login.ready;
  assert.equal(await login.title('code=good&state=wrong'), 'This link does not belong to your login');
  assert.equal(await login.title('code=good'), 'This link does not belong to your login');
  assert.equal(await login.title('code=good&state=right'), 'You are logged in');
  assert.equal(await login.title('code=good&state=right'), 'This login has ended');
  assert.equal(await login.outcome, ALICE);
  assert.deepEqual(login.closedAfter, [2000]);
});

test('a No, a code that is too old and every other failure have their pages, and end the login', async () => {
  const cases = [
    ['login-denied', 'Login cancelled'],
    ['code-refused', 'This login has ended'],
    ['kubeconfig-read-only', 'You are not logged in'],
  ] as const;
  for (const [code, title] of cases) {
    const login = waiting({}, async () => {
      throw new AppError({ code, message: 'why' });
    });
    await login.ready;
    assert.equal(await login.title('code=good&state=right'), title);
    await assert.rejects(login.outcome, { code });
  }
});

test('the time runs out, but not on an answer that came in time', async () => {
  const late = waiting();
  await late.ready;
  late.runOut();
  await assert.rejects(late.outcome, { code: 'login-timeout', message: /within 5 minutes/ });
  let release: (outcome: LoggedIn) => void = () => {};
  const slow = waiting(
    {},
    () =>
      new Promise((resolve) => {
        release = resolve;
      }),
  );
  await slow.ready;
  const page = slow.title('code=good&state=right');
  slow.runOut();
  await new Promise(setImmediate);
  release(ALICE);
  assert.equal(await page, 'You are logged in');
  assert.equal(await slow.outcome, ALICE);
});

test('a person who stops it does so at once', async () => {
  const login = waiting();
  await login.ready;
  login.stopping.abort();
  await assert.rejects(login.outcome, { code: 'interrupted' });
  assert.deepEqual(login.closedAfter, [0]);
});

test('a token that the cluster refuses leaves the login to the next line; one of another cluster goes nowhere', async () => {
  const sent: string[] = [];
  const login = waiting({}, async (token) => {
    sent.push(token);
    if (token !== TOKEN) throw new AppError({ code: 'token-refused', message: 'no' });
    return ALICE;
  });
  await login.ready;
  login.type(`oc login --token=${TOKEN} --server=https://elsewhere.example.com`);
  login.type('sha256~cut-short-in-pasting');
  login.type(`oc login --token=${TOKEN} --server=${CLUSTER.server}`);
  assert.equal(await login.outcome, ALICE);
  assert.deepEqual(sent, ['sha256~cut-short-in-pasting', TOKEN]);
});

test('where no browser opens, it says how the answer gets here from another machine', async () => {
  const login = waiting({ openBrowser: async () => false });
  await login.ready;
  const text = login.said.join('\n');
  assert.match(text, /ssh -L 8000:127\.0\.0\.1:8000 builder\n/);
  assert.match(text, /http:\/\/127\.0\.0\.1:8000\/callback\?…\n/);
  login.stopping.abort();
});

test('a cluster that has no such login closes the port again', async () => {
  const login = waiting({
    authorize: async () => {
      throw new AppError({ code: 'no-oauth-server', message: 'none' });
    },
    openBrowser: unexpected('openBrowser'),
  });
  await assert.rejects(login.outcome, { code: 'no-oauth-server' });
  assert.equal(login.closedAfter.length, 1);
});

test('a good code that comes while a pasted token is checked counts, if the token does not', async () => {
  let refuse: () => void = () => {};
  const login = waiting({}, (token) => {
    if (token === TOKEN) return Promise.resolve(ALICE);
    return new Promise((_, reject) => {
      refuse = () => reject(new AppError({ code: 'token-refused', message: 'no' }));
    });
  });
  await login.ready;
  login.type('sha256~cut-short-in-pasting');
  const page = login.title('code=good&state=right');
  await new Promise(setImmediate);
  login.runOut();
  refuse();
  assert.equal(await page, 'You are logged in');
  assert.equal(await login.outcome, ALICE);
});

test('the time that runs out while a token is checked ends the login once that is refused', async () => {
  let refuse: () => void = () => {};
  const finish = () =>
    new Promise<never>((_, reject) => {
      refuse = () => reject(new AppError({ code: 'token-refused', message: 'no' }));
    });
  const login = waiting({}, finish);
  await login.ready;
  login.type('sha256~cut-short-in-pasting');
  await new Promise(setImmediate);
  login.runOut();
  assert.equal(await login.title('code=good&state=right'), 'This login has ended');
  refuse();
  await assert.rejects(login.outcome, { code: 'login-timeout' });
});

test('a code that comes after a pasted token has logged in leads to no second login', async () => {
  const login = waiting();
  await login.ready;
  login.type(TOKEN);
  assert.equal(await login.title('code=good&state=right'), 'This login has ended');
  assert.equal(await login.outcome, ALICE);
});

test('an address of this login without a code leaves it waiting', async () => {
  const login = waiting({
    authorize: async () => ({
      url: 'https://oauth.example.com/authorize',
      state: 'right',
      tokenPage: 'https://oauth.example.com/oauth/token/request',
      exchange: async (answer) => {
        if (answer.has('code')) return TOKEN;
        throw new AppError({ code: 'no-code', message: 'That address has no code' });
      },
    }),
  });
  await login.ready;
  assert.equal(await login.title('state=right'), 'This link does not belong to your login');
  assert.ok(login.said.includes('That address has no code [no-code]'));
  assert.equal(await login.title('code=good&state=right'), 'You are logged in');
});

test('a token whose scope opens no image leaves the login to the next line', async () => {
  const login = waiting({}, async (token) => {
    if (token === TOKEN) return ALICE;
    throw new AppError({ code: 'scope-without-images', message: 'opens no image' });
  });
  await login.ready;
  login.type('sha256~of-a-scope-that-opens-none');
  login.type(TOKEN);
  assert.equal(await login.outcome, ALICE);
});

test('whoever stops it while the OAuth server is being looked at does not wait for that', async () => {
  const login = waiting({ authorize: () => new Promise(() => {}) });
  login.stopping.abort();
  await assert.rejects(login.outcome, { code: 'interrupted' });
  assert.deepEqual(login.closedAfter, [0]);
});
