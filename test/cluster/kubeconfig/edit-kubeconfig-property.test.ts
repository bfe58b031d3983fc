import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseDocument } from 'yaml';
import { editKubeconfig, OTHER_PROOFS } from '../../../src/cluster/kubeconfig/edit-kubeconfig.ts';
import { randomKubeconfig } from './random-kubeconfig.ts';

const NEW = `sha256~${'New-_'.repeat(8)}end`;

interface Content {
  users: { name: string; user: Record<string, unknown> }[];
}
/** Each part with its own copy of what aliases share. */
const read = (text: string): Content =>
  JSON.parse(JSON.stringify(parseDocument(text, { merge: true, uniqueKeys: false }).toJS()));
const replaceToken = (text: string, user: string, token: string) =>
  editKubeconfig(text, [{ kind: 'token', user, token }]);

test('of any kubeconfig only the token of one user changes, and his other proofs go', () => {
  fc.assert(
    fc.property(randomKubeconfig(), fc.boolean(), ({ text, user }, hasMark) => {
      const before = hasMark ? `\ufeff${text}` : text;
      const after = replaceToken(before, user, NEW);
      assert.ok(after !== undefined, 'it was refused');
      const expected = read(before);
      const entry = expected.users.find(({ name }) => name === user);
      assert.ok(entry !== undefined);
      for (const proof of OTHER_PROOFS) delete entry.user[proof];
      entry.user.token = NEW;
      assert.deepEqual(read(after), expected);
      assert.equal(after.startsWith('\ufeff'), hasMark);
      assert.equal(replaceToken(after, user, NEW), after);
    }),
    { numRuns: Number(process.env.KUBECONFIGS ?? 400) },
  );
});

test('where nothing is shared and a token is all there is, the rest of the text stays byte for byte', () => {
  const simple = randomKubeconfig().filter(({ isSimple }) => isSimple);
  fc.assert(
    fc.property(simple, ({ text, user }) => {
      const after = replaceToken(text, user, NEW) ?? '';
      const [before, now] = [text.split('\n'), after.split('\n')];
      assert.equal(now.length, before.length);
      const changed = now.flatMap((line, i) => (line === before[i] ? [] : [{ line, was: before[i] ?? '' }]));
      const [{ line, was } = { line: '', was: '' }] = changed;
      assert.equal(changed.length, 1);
      const at = line.indexOf(NEW);
      assert.ok(was.startsWith(line.slice(0, at - 1)));
      assert.ok(was.endsWith(line.slice(at + NEW.length + 1)));
    }),
    { numRuns: 300 },
  );
});
