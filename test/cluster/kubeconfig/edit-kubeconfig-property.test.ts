import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseDocument } from 'yaml';
import { editKubeconfig, OTHER_PROOFS } from '../../../src/cluster/kubeconfig/edit-kubeconfig.ts';
import { parseKubeconfig } from '../../../src/cluster/kubeconfig/parse-kubeconfig.ts';
import fc from '../../support/properties.ts';
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

test('whatever a text holds, it is refused, or its user has the token afterwards', () => {
  const bit = fc.constantFrom(
    ...[
      'users:',
      '\n',
      '- ',
      '    ',
      'name: a',
      'user:',
      'token: old',
      '&x ',
      '*x',
      '<<: ',
      '{',
      '}',
      '[',
      ']',
      ', ',
    ],
    ...[
      ': ',
      '"',
      "'",
      '#c',
      '|\n',
      '>-\n',
      '? ',
      '---',
      '...',
      '%YAML 1.1\n---\n',
      '!!str ',
      '!t ',
      'exec:',
    ],
    ...['\t', '\r\n', '~', '\ufeff', '- name: a\n  user:\n    token: old\n'],
  );
  const text = fc.array(bit, { maxLength: 20 }).map((bits) => bits.join(''));
  const inUser = text.map((end) => `users:\n- name: a\n  user:\n    ${end}`);
  fc.assert(
    fc.property(fc.oneof(text, inUser), (before) => {
      const after = replaceToken(before, 'a', NEW);
      if (after === undefined) return;
      const parsed = parseKubeconfig(after);
      assert.ok('users' in parsed && parsed.users.get('a')?.token === NEW, after);
    }),
    { numRuns: 2000 },
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
