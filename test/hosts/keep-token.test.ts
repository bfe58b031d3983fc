import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type IssueToken, keepToken } from '../../src/hosts/keep-token.ts';
import { AppError } from '../../src/hosts/reason.ts';
import { AT_HALF } from '../../src/hosts/renewal.ts';
import { unexpected } from '../support/identities.ts';
import { aged, HOUR, keepTokenMachine, NOW } from './keep-token-machine.ts';

const fresh = aged(0, 'new');
const issueFresh: IssueToken = async () => fresh;
const refuse: IssueToken = async () => {
  throw new AppError({ code: 'not-minted', message: 'app.ci is away' });
};
const K = { key: 'k', pace: AT_HALF };
const keep = aged(HOUR);
const soon = aged(4 * HOUR);
const due = aged(6 * HOUR);
const dead = aged(8 * HOUR);

test('before half of its life a token is answered as it is, also by `renew`, without a lock', async () => {
  for (const eager of [false, true]) {
    const { ports, waits } = keepTokenMachine({ k: keep });
    assert.deepEqual(await keepToken(K, unexpected('issue'), { eager, refused: undefined }, ports), {
      ...keep,
      renewSoon: false,
      complaint: undefined,
    });
    assert.deepEqual(waits, []);
  }
});

test('past half of its life `get` answers it at once and has it renewed behind the engine', async () => {
  const { ports, waits } = keepTokenMachine({ k: soon });
  const { token, renewSoon } = await keepToken(
    K,
    unexpected('issue'),
    { eager: false, refused: undefined },
    ports,
  );
  assert.deepEqual([token, renewSoon, waits], ['old', true, []]);
});

test('past half of its life `renew` renews it, with all the time there is', async () => {
  const { ports, waits, kept } = keepTokenMachine({ k: soon });
  const limits: number[] = [];
  const issue: IssueToken = async (timeoutMs) => {
    limits.push(timeoutMs);
    return fresh;
  };
  const obtained = await keepToken(K, issue, { eager: true, refused: undefined }, ports);
  assert.deepEqual(obtained, { ...fresh, renewSoon: false, complaint: undefined });
  assert.deepEqual([kept.get('k'), waits, limits], [fresh, [4500], [4500]]);
});

test('past three quarters of its life `get` renews it first, and the engine waits a second at most', async () => {
  const machine = keepTokenMachine({ k: due });
  machine.meanwhile = () => {
    machine.nowMs += 300;
  };
  const issue: IssueToken = async (timeoutMs) => {
    assert.equal(timeoutMs, 700);
    return fresh;
  };
  assert.equal((await keepToken(K, issue, { eager: false, refused: undefined }, machine.ports)).token, 'new');
  assert.deepEqual(machine.waits, [1000]);
});

test('the engine waits less than a second if less is left for the whole answer', async () => {
  const machine = keepTokenMachine({ k: due });
  machine.remainingMs = 250;
  await keepToken(K, issueFresh, { eager: false, refused: undefined }, machine.ports);
  assert.deepEqual(machine.waits, [250]);
});

test('a dead token, or none, is replaced with all the time there is', async () => {
  for (const kept of [{ k: dead }, {}, { another: keep }]) {
    const { ports, waits } = keepTokenMachine(kept);
    assert.equal((await keepToken(K, issueFresh, { eager: false, refused: undefined }, ports)).token, 'new');
    assert.deepEqual(waits, [4500]);
  }
});

test('whoever waited for the lock looks again, and takes what another process got', async () => {
  const machine = keepTokenMachine({ k: dead });
  machine.meanwhile = () => machine.kept.set('k', aged(0, 'of another'));
  const obtained = await keepToken(
    K,
    unexpected('issue'),
    { eager: false, refused: undefined },
    machine.ports,
  );
  assert.equal(obtained.token, 'of another');
});

test('what another process left behind is not taken if it is as dead', async () => {
  const machine = keepTokenMachine();
  machine.meanwhile = () => machine.kept.set('k', dead);
  assert.equal(
    (await keepToken(K, issueFresh, { eager: false, refused: undefined }, machine.ports)).token,
    'new',
  );
});

test('a good token is answered though its renewal failed, with the reason', async () => {
  for (const [kept, eager] of [
    [due, false],
    [due, true],
    [soon, true],
  ] as const) {
    const { ports } = keepTokenMachine({ k: kept });
    assert.deepEqual(await keepToken(K, refuse, { eager, refused: undefined }, ports), {
      ...kept,
      renewSoon: true,
      complaint: 'app.ci is away',
    });
  }
});

test('a secret in the reason why a renewal failed is blacked out: plugins log what they get', async () => {
  const { ports } = keepTokenMachine({ k: due });
  const issue: IssueToken = async () => {
    throw new AppError({ code: 'exec-plugin', message: 'oc exited with 1: got eyJhbGciOi.eyJzdWIi.c2ln' });
  };
  const { complaint } = await keepToken(K, issue, { eager: false, refused: undefined }, ports);
  assert.equal(complaint, 'oc exited with 1: got ***');
});

test('a good token is answered while another process renews it', async () => {
  const machine = keepTokenMachine({ k: due });
  machine.isLocked = true;
  const { token, complaint } = await keepToken(
    K,
    unexpected('issue'),
    { eager: false, refused: undefined },
    machine.ports,
  );
  assert.deepEqual([token, complaint], ['old', 'another process is renewing it']);
});

test('without a good token, the reason why none can be had is an error', async () => {
  for (const kept of [{ k: dead }, {}]) {
    const { ports } = keepTokenMachine(kept);
    await assert.rejects(keepToken(K, refuse, { eager: false, refused: undefined }, ports), {
      code: 'not-minted',
    });
  }
});

test('without a good token, a lock that is not to be had in time is an error', async () => {
  const machine = keepTokenMachine({ k: dead });
  machine.isLocked = true;
  await assert.rejects(
    keepToken(K, unexpected('issue'), { eager: false, refused: undefined }, machine.ports),
    {
      code: 'renewal-busy',
      message: 'No token could be had in time: another process is renewing it',
    },
  );
});

test('a defect does not pass for a failed renewal', async () => {
  const { ports } = keepTokenMachine({ k: due });
  const fail: IssueToken = async () => {
    throw new TypeError('a defect');
  };
  await assert.rejects(keepToken(K, fail, { eager: false, refused: undefined }, ports), TypeError);
});

test('a token is kept under its own key, and no other is touched', async () => {
  const { ports, kept } = keepTokenMachine({ other: aged(HOUR, 'other') });
  await keepToken(K, issueFresh, { eager: false, refused: undefined }, ports);
  assert.deepEqual([...kept.keys()].sort(), ['k', 'other']);
  assert.equal(kept.get('other')?.expiresAtMs, NOW + 7 * HOUR);
});
