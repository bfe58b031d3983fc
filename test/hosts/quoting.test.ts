import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { nameInSentence, shellQuoted, shownArgument, shownName } from '../../src/hosts/quoting.ts';

test('a name is shown in quotes, in ASCII, and not at any length', () => {
  assert.equal(shownName('a "b"\n'), '"a \\"b\\"\\n"');
  assert.equal(shownName('\u202e\u009b'), '"\\u202e\\u009b"');
  assert.equal(shownName('x'.repeat(1000)), `"${'x'.repeat(80)}…"`);
});

test('an argument that may hold a token, or drive a terminal, is not repeated', () => {
  assert.equal(shownArgument('a b~'), '"a b~"');
  for (const typed of [`sha256~${'x'.repeat(43)}`, 'eyJhbGciOi', '\u001b[2J', 'x'.repeat(81)]) {
    assert.equal(shownArgument(typed), 'One of the arguments');
  }
});

test('a shell reads a quoted word as it was, and what needs no quotes has none', () => {
  for (const word of ['alice/api:6443', 'a@b,c=%d', '']) assert.ok(!/["$]/.test(shellQuoted(word)));
  assert.equal(shellQuoted('alice/api:6443'), 'alice/api:6443');
  for (const word of ["it's $HOME", '', 'a b', '`id`;#', 'a\nb', '~', '*']) {
    const said = execFileSync('/bin/sh', ['-c', `printf %s ${shellQuoted(word)}`], { encoding: 'utf8' });
    assert.equal(said, word);
  }
});

test('a name stands in a sentence as it is, but in quotes where it could be taken for a part of the sentence', () => {
  for (const name of ['work', 'default/api-x-example-com:6443/kube:admin', 'jürgen@büro'])
    assert.equal(nameInSentence(name), name);
  assert.equal(nameInSentence('a (context b).\n\u001b[8m'), '"a (context b).\\n\\u001b[8m"');
  assert.equal(nameInSentence('"a"'), '"\\"a\\""');
  assert.equal(nameInSentence(''), '""');
  assert.equal(nameInSentence('a\u202eb'), '"a\\u202eb"');
});
