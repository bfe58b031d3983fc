import assert from 'node:assert/strict';
import { test } from 'node:test';
import { oldTokenSentence } from '../../../src/commands/login/old-token-words.ts';

test('a token that goes on is told with why, and with the command that shows it; one that is over is no fault', () => {
  for (const kind of ['none', 'revoked', 'gone'] as const) {
    assert.equal(oldTokenSentence({ kind }).isOver, true);
  }
  const why = [
    [{ kind: 'rejected' }, 'the cluster does not accept the new one just now'],
    [{ kind: 'forbidden' }, 'the scope of the new one does not let it'],
    [{ kind: 'failed', detail: 'the API server answered 503' }, 'the API server answered 503'],
  ] as const;
  for (const [outcome, reason] of why) {
    assert.deepEqual(oldTokenSentence(outcome), {
      sentence: `The token before it was not revoked, and goes on until it ends: ${reason}. Run: oc get useroauthaccesstokens`,
      isOver: false,
    });
  }
});

test('a token that nobody can end from here, and the one that was given again, are no success', () => {
  assert.deepEqual(oldTokenSentence({ kind: 'irrevocable' }), {
    sentence: "The token before it can't be revoked from here, and goes on until it ends.",
    isOver: false,
  });
  assert.deepEqual(oldTokenSentence({ kind: 'same' }), {
    sentence: 'The token before it is the one that you gave: it was not revoked.',
    isOver: false,
  });
});

test('a token that another user entry holds is kept, and that entry is named', () =>
  assert.deepEqual(oldTokenSentence({ kind: 'shared', by: 'other' }), {
    sentence: 'The token before it was kept, because the user entry other of the kubeconfig uses it.',
    isOver: false,
  }));
