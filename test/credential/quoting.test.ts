import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { shellQuoted, shownArgument, shownName } from '../../src/credential/quoting.ts';

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
