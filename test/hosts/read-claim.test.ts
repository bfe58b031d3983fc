import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ReadClaimPorts, readClaim, type Word } from '../../src/hosts/read-claim.ts';
import { AppError } from '../../src/hosts/reason.ts';
import { identity, SERVER, unexpected } from '../support/identities.ts';

const HOST = 'registry.example.com';
const NOW = 1_700_000_000_000;
const word = (changes: Partial<Word> = {}): Word => ({
  server: SERVER,
  hosts: [HOST],
  exhaustive: false,
  askedAtMs: NOW - 1000,
  ...changes,
});
type Found = Awaited<ReturnType<ReadClaimPorts['discover']>>;
const found = (changes: Partial<Found> = {}): Found => ({
  hosts: [HOST],
  answered: true,
  exhaustive: false,
  ...changes,
});

/** Reads a claim with this word kept; the cluster may be asked only if its answer is given. */
async function read(options: { before?: Word; says?: Found; others?: Word[]; isGone?: true }) {
  const kept: Word[] = [];
  const { before, says, others = [], isGone } = options;
  const linked = isGone === true ? [] : others.map(({ server }) => server);
  const reading = await readClaim(HOST, identity(), {
    nowMs: () => NOW,
    mayAsk: true,
    servers: async () => [identity().server, ...linked],
    recallWord: async () => before,
    recallAllWords: async () => [...kept, ...others],
    keepWord: async (_identity, it) => void kept.push(it),
    discover: says === undefined ? unexpected('discover') : async () => says,
  });
  return { ...reading, kept };
}

test("a cluster's word of the last five minutes counts without asking again", async () => {
  for (const askedAtMs of [NOW, NOW - 5 * 60_000 + 1]) {
    assert.deepEqual(await read({ before: word({ askedAtMs }) }), { claimed: true, rivals: [], kept: [] });
  }
});

test('an older word, and one from a clock that was ahead, is asked for again and kept', async () => {
  for (const askedAtMs of [NOW - 5 * 60_000, NOW + 1]) {
    const { claimed, kept } = await read({ before: word({ askedAtMs }), says: found() });
    assert.equal(claimed, true);
    assert.deepEqual(kept, [word({ askedAtMs: NOW })]);
  }
});

test('a cluster that was never asked is asked', async () => {
  assert.equal((await read({ says: found() })).claimed, true);
  assert.equal((await read({ says: found({ hosts: [], exhaustive: true }) })).claimed, false);
});

test('a fresh word that does not name the host is final only if it was everything there is', async () => {
  const other = ['other.example.com'];
  const all = word({ hosts: other, exhaustive: true });
  assert.deepEqual(await read({ before: all }), { claimed: false, rivals: [], kept: [] });
  const { claimed, kept } = await read({ before: word({ hosts: other }), says: found() });
  assert.equal(claimed, true);
  assert.deepEqual(kept[0]?.hosts, ['other.example.com', HOST]);
});

test('a word that was everything there is replaces what was known', async () => {
  const says = found({ hosts: ['new.example.com'], exhaustive: true });
  const { claimed, kept } = await read({ before: word({ askedAtMs: 0 }), says });
  assert.equal(claimed, false);
  assert.deepEqual(kept[0]?.hosts, ['new.example.com']);
});

test("while the cluster can't be asked, its old word binds on, and stays old", async () => {
  const says = found({ hosts: [], answered: false });
  const { claimed, kept } = await read({ before: word({ askedAtMs: 0 }), says });
  assert.equal(claimed, true);
  assert.deepEqual(kept, []);
});

test('a cluster that answered only in part takes nothing back', async () => {
  const says = found({ hosts: ['other.example.com'], exhaustive: false });
  const { claimed, kept } = await read({ before: word({ askedAtMs: 0 }), says });
  assert.equal(claimed, true);
  assert.deepEqual(kept[0]?.hosts, [HOST, 'other.example.com']);
});

test('another cluster that was heard to claim the same host is a rival, however long ago', async () => {
  const rival = word({ server: 'https://api.example.com:7443', askedAtMs: 0 });
  const elsewhere = word({ server: 'https://api.else.example.com', hosts: ['else.example.com'] });
  const reading = await read({ before: word(), others: [rival, elsewhere] });
  assert.deepEqual(reading, { claimed: true, rivals: ['https://api.example.com:7443'], kept: [] });
});

test("the cluster's own word, kept under another CA, is no rival of itself", async () => {
  assert.deepEqual((await read({ before: word(), others: [word()] })).rivals, []);
});

test("a rival's word alone claims nothing for this cluster", async () => {
  const rival = word({ server: 'https://api.rival.example.com' });
  const says = found({ hosts: [], exhaustive: true });
  const { claimed, rivals } = await read({ says, others: [rival] });
  assert.deepEqual({ claimed, rivals }, { claimed: false, rivals: [] });
});

test('a host that lies under no domain of the cluster is not one of its own, whatever it says, and it is not asked', async () => {
  const elsewhere = identity({ server: 'https://api.other.example.org:6443' });
  for (const who of [elsewhere, identity({ server: 'https://10.0.0.1:6443' })]) {
    const reading = await readClaim(HOST, who, {
      nowMs: () => NOW,
      mayAsk: true,
      servers: unexpected('servers'),
      recallWord: unexpected('recallWord'),
      recallAllWords: unexpected('recallAllWords'),
      keepWord: unexpected('keepWord'),
      discover: unexpected('discover'),
    });
    assert.deepEqual(reading, { claimed: false, rivals: [] });
  }
});

test('a word about a host that lies under no domain of its cluster makes that no rival', async () => {
  const rival = word({ server: 'https://api.other.example.org', askedAtMs: NOW });
  assert.deepEqual((await read({ before: word(), others: [rival] })).rivals, []);
});

test('a rival is a cluster of the kubeconfig: one that left it claims nothing any more', async () => {
  const rival = word({ server: 'https://api.example.com:7443' });
  const before = word({ exhaustive: true });
  assert.deepEqual((await read({ before, others: [rival] })).rivals, [rival.server]);
  assert.deepEqual((await read({ before, others: [rival], isGone: true })).rivals, []);
});

test('a cluster that may not be asked, or that nobody can ask, says no more than it said before', async () => {
  const ports = {
    nowMs: () => NOW,
    servers: async () => [],
    recallAllWords: async () => [],
    keepWord: unexpected('keepWord'),
  };
  const none = identity({ source: { kind: 'none', reason: { code: 'no-token', why: 'none' } } });
  const failing = async () => {
    throw new AppError({ code: 'no-token', message: 'there is none' });
  };
  for (const before of [undefined, word({ askedAtMs: 0 })]) {
    const recallWord = async () => before;
    const expected = { claimed: before !== undefined, rivals: [] };
    const discover = unexpected('discover');
    const mute = { ...ports, recallWord, discover };
    assert.deepEqual(await readClaim(HOST, identity(), { ...mute, mayAsk: false }), expected);
    assert.deepEqual(await readClaim(HOST, none, { ...mute, mayAsk: true }), expected);
    assert.deepEqual(
      await readClaim(HOST, identity(), { ...ports, recallWord, mayAsk: true, discover: failing }),
      expected,
    );
  }
});
