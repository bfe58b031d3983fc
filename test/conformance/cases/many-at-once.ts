import assert from 'node:assert/strict';
import type { ConformanceCases } from '../conformance-suite.ts';

const HOST = 'registry.example.com';
const AT_ONCE = 5;

function numbered<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

export const manyAtOnce: ConformanceCases = {
  'a dozen servers are each answered with their own, and all listed': async (helper) => {
    const hosts = numbered(12, (index) => `registry-${index}.example.com`);
    for (const [index, host] of hosts.entries())
      await helper.keep(host, `robot-${index}`, `secret-of-${host}`);
    const expected = Object.fromEntries(hosts.map((host, index) => [host, `robot-${index}`]));
    assert.deepEqual(await helper.list(), expected);
    for (const host of hosts) assert.equal((await helper.answer(host)).Secret, `secret-of-${host}`);
  },

  'stores of several servers at once are all kept': async (helper) => {
    const hosts = numbered(AT_ONCE, (index) => `registry-${index}.example.com`);
    await Promise.all(hosts.map((host) => helper.keep(host, 'robot', `secret-of-${host}`)));
    assert.deepEqual(Object.keys(await helper.list()).sort(), hosts);
    for (const host of hosts) assert.equal((await helper.answer(host)).Secret, `secret-of-${host}`);
  },

  'gets of one server at once are all answered': async (helper) => {
    await helper.keep(HOST, 'robot', 'first-secret');
    const answers = await Promise.all(numbered(AT_ONCE, () => helper.answer(HOST)));
    for (const { Secret } of answers) assert.equal(Secret, 'first-secret');
  },

  'of stores of one server at once, one is kept, whole': async (helper) => {
    const secrets = numbered(AT_ONCE, (index) => `${index}`.repeat(3000));
    await Promise.all(secrets.map((secret) => helper.keep(HOST, 'robot', secret)));
    assert.ok(secrets.includes((await helper.answer(HOST)).Secret));
    assert.deepEqual(await helper.list(), { [HOST]: 'robot' });
  },

  'a store beside gets is seen by each of them either not at all or whole': async (helper) => {
    const [before, after] = ['b'.repeat(3000), 'a'.repeat(3000)];
    await helper.keep(HOST, 'robot', before);
    const gets = numbered(AT_ONCE, () => helper.answer(HOST));
    const [answers] = await Promise.all([Promise.all(gets), helper.keep(HOST, 'robot', after)]);
    for (const { Secret } of answers) assert.ok(Secret === before || Secret === after);
    assert.ok((await helper.answer(HOST)).Secret === after);
  },
};
