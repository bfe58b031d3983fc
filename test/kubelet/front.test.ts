import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { type Place, placeWith, testOfFront } from '../front/stand-in.ts';
import { fairClock } from '../support/fair-clock.ts';
import { hasEnded } from '../support/has-ended.ts';
import { processesWith } from '../support/processes.ts';
import { GROUP, providedBy, requestText } from './provided.ts';

const PROVIDE = ['kubelet', 'provide'];
const REQUEST = requestText({ image: 'r.example.com/a/b', serviceAccountToken: 'eyJ.SECRET.x' });
const NONE = (version = 'v1') =>
  `{"apiVersion":"${GROUP}/${version}","kind":"CredentialProviderResponse","cacheKeyType":"Registry","cacheDuration":"30s","auth":{}}`;
const GOOD = NONE().replace('{}', '{"r.example.com":{"username":"u","password":"p"}}').replace('30s', '300s');
const says = (what: string) => `cat > /dev/null; printf '%s' '${what}'`;

/** What a kubelet gets, with nothing left running. */
async function provided(place: Place, input = REQUEST, version = 'v1') {
  const answer = providedBy(await place.run(PROVIDE, input), version);
  const left = [];
  for (const one of processesWith(`HOME=${place.directory} `)) if (!(await hasEnded(one.pid))) left.push(one);
  assert.deepEqual(left, [], 'left running');
  return answer;
}

/** What is answered while stdin stays open. */
async function unasked({ front, env }: Place) {
  const elapsed = fairClock();
  const child = spawn(front, PROVIDE, { env });
  const [stdout, stderr, [status]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit'),
  ]);
  child.stdin.destroy();
  assert.match(stderr, /\. Run: docker-credential-openshift help kubelet\n$/);
  return providedBy({ status, stdout, stderr, elapsedMs: elapsed() });
}

testOfFront('a kubelet gets the response of the main program, which gets all of its request', async (t) => {
  const place = placeWith(t, `cat > got; echo "$@" >> got; echo '${GOOD}'; echo careful >&2`);
  const { status, stdout, stderr } = await place.run(PROVIDE, REQUEST);
  assert.deepEqual([status, stdout, stderr], [0, `${GOOD}\n`, 'careful\n']);
  assert.equal(readFileSync(`${place.directory}/got`, 'utf8'), `${REQUEST}kubelet provide\n`);
});

testOfFront(
  'whatever becomes of the main program, a kubelet gets one response that it decodes, and status 0',
  async (t) => {
    const ends: [main: string | undefined, code: string][] = [
      [undefined, 'not-started'],
      ['exit 0', 'program-ended'],
      ['exit 7', 'program-ended'],
      ['kill -SEGV $$', 'program-ended'],
      ['head -c 67108864 /dev/zero', 'program-ended'],
      [`${says(GOOD)}; echo; exit 1`, 'program-ended'],
      ...[
        GOOD,
        `${GOOD}\n\n`,
        `${GOOD}\n${GOOD}\n`,
        `warning\n${GOOD}\n`,
        `${GOOD.slice(0, -1)}\n`,
        `${GOOD.replace('Registry', 'Global')}\n`,
        `${GOOD.replace('300s', '300')}\n`,
        `${GOOD.replace('300s', '-1s')}\n`,
        `${GOOD.replace('/v1', '/v2')}\n`,
        `${GOOD.replace('"username":"u",', '')}\n`,
        `${GOOD.replace('"p"}', '"p"},"b":{}')}\n`,
        `${GOOD.replace('{"api', '{"more":1,"api')}\n`,
        '{}\n',
        'credentials not found in native keychain\n',
      ].map((said): [string, string] => [says(said), 'program-ended']),
    ];
    const check = async ([main, code]: (typeof ends)[number]): Promise<void> => {
      const { auth, cacheSeconds, codes } = await provided(placeWith(t, main));
      assert.deepEqual([auth, cacheSeconds, codes], [{}, 30, [code]], main);
    };
    for (let at = 0; at < ends.length; at += 5) await Promise.all(ends.slice(at, at + 5).map(check));
  },
);

testOfFront('a response that is whole counts, however the main program ends', async (t) => {
  const { auth } = await provided(placeWith(t, `cat > /dev/null; echo '${GOOD}'; kill -SEGV $$`));
  assert.deepEqual(Object.keys(auth), ['r.example.com']);
});

testOfFront(
  'a main program that does not end, and a kubelet that does not ask, are answered in time',
  async (t) => {
    const [slow, silent] = await Promise.all([
      provided(placeWith(t, 'sleep 60')),
      unasked(placeWith(t, 'exit 7')),
    ]);
    assert.deepEqual([slow.auth, slow.codes], [{}, ['late']]);
    assert.deepEqual([silent.auth, silent.codes], [{}, ['late']]);
  },
);

testOfFront('each version is answered in kind, whatever else is wrong with the request', async (t) => {
  const place = placeWith(t, 'exit 7');
  for (const version of ['v1', 'v1beta1', 'v1alpha1']) {
    const whole = requestText({ image: 'r.example.com/a/b' }, version);
    for (const input of [whole, whole.slice(0, -6)])
      assert.deepEqual((await provided(place, input, version)).auth, {});
  }
  for (const input of ['', '{}', requestText({}, 'v2')])
    assert.deepEqual((await provided(place, input)).auth, {});
});

testOfFront('any other words after `kubelet` are a command for people', async (t) => {
  const place = placeWith(t, 'echo "$@"; exit 7');
  for (const words of [['kubelet'], ['kubelet', 'check'], ['kubelet', 'provide', '--help'], ['provide']]) {
    const { status, stdout } = await place.run(words, '');
    assert.deepEqual([status, stdout], [7, `${words.join(' ')}\n`]);
  }
});
