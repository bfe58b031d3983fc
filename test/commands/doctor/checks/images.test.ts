import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ManifestReply } from '../../../../src/cluster/ask-registry.ts';
import type { ImageTag, Right } from '../../../../src/cluster/image-rights.ts';
import { isPulledByLogins } from '../../../../src/commands/doctor/checks/engine-pull.ts';
import type { Facts } from '../../../../src/commands/doctor/facts.ts';
import type { Winner } from '../../../../src/engines/engine-state.ts';
import { QCI_HOST } from '../../../../src/registry/qci.ts';
import { engineState, X } from '../../../engines/lookup/lookup-world.ts';
import { SERVER } from '../../../support/identities.ts';
import {
  about,
  answered,
  clusters,
  factsOf,
  findingsOf,
  HOST,
  noToken,
  openshiftRegistry,
  token,
  told,
} from '../fake-facts.ts';

const IMAGE = `${HOST}/team/app:v1`;
type Kind = ManifestReply['kind'];

/** What the registry says to alice and to nobody in particular, and what else may be asked. */
function pulling(asUser: Kind | 'no token', anonymous: Kind, more: Partial<Facts> = {}, word = IMAGE) {
  const answer = (kind: Kind): ManifestReply =>
    kind === 'unknown' || kind === 'not-pulled-through' ? { kind, detail: 'it answered 503' } : { kind };
  const facts: Partial<Facts> = {
    ...about(word),
    ...clusters(answered()),
    registryAccepts: async () => ({ kind: 'accepted' }),
    loginOf: async () => (asUser === 'no token' ? noToken(['login-expired']) : token()),
    manifest: async (_host, _image, as) => {
      if (as === 'anonymous') return answer(anonymous);
      return asUser === 'no token' ? assert.fail('there is no token to ask with') : answer(asUser);
    },
    ...more,
  };
  return facts;
}
const pulled = (...asked: Parameters<typeof pulling>) => told('image-pull', pulling(...asked));

test('an image that can be pulled is told to be, and whether it takes a login', async () => {
  const ok = ['ok', 'image-pull'];
  assert.deepEqual(await pulled('there', 'there'), [ok, ['ok', 'image-public']]);
  assert.deepEqual(await pulled('there', 'refused'), [ok, ['ok', 'image-private']]);
  assert.deepEqual(await pulled('there', 'unknown'), [ok]);
  assert.deepEqual(await pulled('no token', 'there'), [ok]);
});

test('a namespace that a valid login closes is told with the grant that opens it', async () => {
  assert.deepEqual(await pulled('refused', 'there'), [
    [
      'problem',
      'closed-by-login',
      'oc policy add-role-to-group system:image-puller system:authenticated -n team',
    ],
  ]);
});

const lacking = (right: Right, more: Partial<Facts> = {}): Partial<Facts> => ({
  right: async (...asked) => {
    assert.deepEqual(asked, [HOST, 'get', 'team', 'app']);
    return right;
  },
  imageStream: async () => ({ kind: 'unknown' }),
  hasNamespace: async () => undefined,
  ...more,
});

test('a missing right is told from an image that is not there, as far as the cluster says', async () => {
  const refused = async (right: Right, more?: Partial<Facts>) =>
    (await pulled('refused', 'refused', lacking(right, more)))[0];
  const grant = 'oc policy add-role-to-user system:image-puller alice -n team';
  assert.deepEqual(await refused('no'), ['problem', 'image-not-allowed', grant]);
  const gone = { hasNamespace: async () => false };
  assert.deepEqual(await refused('no', gone), ['problem', 'no-namespace', 'oc get projects']);
  const absent = { imageStream: async () => ({ kind: 'absent' }) as const };
  const streams = 'oc get imagestreams -n team';
  assert.deepEqual(await refused('yes', absent), ['problem', 'no-image-stream', streams]);
  const renew = `docker-credential-openshift renew ${HOST}`;
  assert.deepEqual(await refused('yes'), ['problem', 'image-refused', renew]);
  assert.deepEqual(await refused({ unknown: 'it is away' }), ['problem', 'image-refused']);
  const why = async (more: Partial<Facts>) =>
    (await findingsOf('image-pull', pulling('refused', 'refused', lacking('no', more))))[0]?.why;
  const may = 'alice may not pull from the namespace team';
  assert.equal(await why({}), `${may}, or there is no such namespace`);
  assert.equal(await why({ imageStream: async () => ({ kind: 'there', tags: [] }) }), may);
});

test('a tag that is not there is told with those that are', async () => {
  const tags = ['latest', 'v2'].map((name): ImageTag => ({ name, importFault: undefined }));
  const facts = pulling('absent', 'absent', { imageStream: async () => ({ kind: 'there', tags }) });
  const [found] = await findingsOf('image-pull', facts);
  assert.deepEqual([found?.code, found?.why], ['no-image', `There is no ${IMAGE}`]);
  assert.equal(found?.effect, 'Its image stream has the tags "latest", "v2"');
  assert.equal((await pulled('no token', 'absent'))[0]?.[1], 'no-image');
});

test('an image that the registry could not get from another is not told to be absent', async () => {
  const describe = 'oc describe imagestream app -n team';
  for (const asUser of ['not-pulled-through', 'no token'] as const) {
    assert.deepEqual(await pulled(asUser, 'not-pulled-through'), [
      ['problem', 'image-not-imported', describe],
    ]);
  }
  const failed: ImageTag = { name: 'v1', importFault: 'manifest unknown' };
  const facts = pulling('absent', 'absent', { imageStream: async () => ({ kind: 'there', tags: [failed] }) });
  const [found] = await findingsOf('image-pull', facts);
  assert.equal(found?.code, 'image-not-imported');
  assert.match(found?.why ?? '', /: manifest unknown$/);
  // That of another tag is none of this one.
  const other = { ...failed, name: 'v2' };
  const [none] = await pulled('absent', 'absent', {
    imageStream: async () => ({ kind: 'there', tags: [other] }),
  });
  assert.equal(none?.[1], 'no-image');
});

test('without a token, what is not public is refused, and what could not be asked is left open', async () => {
  assert.deepEqual((await pulled('no token', 'refused'))[0], [
    'problem',
    'image-needs-login',
    'fix login-expired',
  ]);
  for (const asUser of ['no token', 'unknown'] as const) {
    assert.deepEqual(await pulled(asUser, 'unknown'), [['skipped', 'image-pull-unknown']]);
  }
});

test('what fixes a missing login is what is told of the login, or of its cluster', async () => {
  const fixFor = async (login: ReturnType<typeof noToken>, more: Partial<Facts> = {}) => {
    const facts = { ...clusters(answered()), loginOf: async () => login, ...more };
    return (await pulled('no token', 'refused', facts))[0]?.[2];
  };
  assert.equal(await fixFor(noToken()), `docker-credential-openshift setup ${HOST}`);
  const unclaimed = { ours: [], unclaimed: [HOST], isInstalled: async () => false };
  assert.equal(await fixFor(noToken(), unclaimed), 'docker-credential-openshift setup');
  assert.equal(
    await fixFor(noToken(), { ...unclaimed, unclaimed: [] }),
    `Log in to it: podman login ${HOST}, or docker login ${HOST}.`,
  );
  const reasons = [{ code: 'not-checked', why: 'It could not be checked' }];
  const unasked = noToken([], { reasons, server: SERVER });
  const down = clusters(answered({ status: 503 }));
  assert.match(String(await fixFor(unasked, down)), /its cluster from being asked/);
  const unjudged = noToken([], { reasons, server: SERVER, isUnjudged: true });
  assert.match(String(await fixFor(unjudged)), /^Wait until its cluster can check tokens again/);
});

test('a login that the registry refuses is at fault, and no namespace or right', async () => {
  const facts = { registryAccepts: async () => ({ kind: 'refused' }) as const };
  const typed = { ...facts, loginOf: async () => token({ isStored: true, server: undefined }) };
  for (const anonymous of ['there', 'refused'] as const) {
    assert.deepEqual(await pulled('refused', anonymous, typed), [
      ['problem', 'stored-login-refused', `docker logout ${HOST}`],
    ]);
  }
  assert.equal((await pulled('refused', 'there', facts))[0]?.[1], 'token-refused');
});

test('an OpenShift registry has no image of one word, and others may', async () => {
  const word = `${HOST}/public-ns`;
  const openshift = { registryContact: async () => openshiftRegistry() };
  assert.deepEqual(await pulled('refused', 'refused', openshift, word), [
    ['problem', 'image-without-namespace', 'oc get imagestreams -n public-ns'],
  ]);
  const elsewhere = { registryContact: async () => answered() };
  assert.equal((await pulled('there', 'unknown', elsewhere, word))[0]?.[0], 'ok');
});

test("the namespace of a job that is over is told to be gone, or another's", async () => {
  const word = `${HOST}/ci-op-2c2tvgti/pipeline:src`;
  const why = async (isThere: boolean | undefined) => {
    const more = { ...lacking('no'), right: async () => 'no' as const, hasNamespace: async () => isThere };
    return (await findingsOf('image-pull', pulling('refused', 'refused', more, word)))[0]?.why;
  };
  assert.equal(await why(false), 'There is no namespace ci-op-2c2tvgti: it is gone');
  assert.equal(await why(undefined), 'alice may not pull from the namespace ci-op-2c2tvgti, or it is gone');
});

test('QCI asks for a right of its own', async () => {
  const word = `${QCI_HOST}/openshift/ci:ocp_4.18_cli`;
  const asked: (string | undefined)[] = [];
  const at = async (everywhere: Right) => {
    const right: Facts['right'] = async (_host, _verb, namespace) => {
      asked.push(namespace);
      return namespace === undefined ? everywhere : 'no';
    };
    return (await pulled('refused', 'refused', { right }, word))[0]?.[1];
  };
  assert.equal(await at('no'), 'image-not-allowed');
  assert.deepEqual(asked, ['ocp', undefined]);
  assert.equal(await at('yes'), 'image-refused');
  assert.equal((await pulled('absent', 'refused', {}, word))[0]?.[1], 'no-image');
});

test('who may push is told, and that one may not is no fault', async () => {
  const pushed = (right: Right, login = token()) =>
    told('image-push', { ...about(IMAGE), loginOf: async () => login, right: async () => right });
  assert.deepEqual(await pushed('yes'), [['ok', 'image-push']]);
  assert.deepEqual(await pushed('no'), [
    ['note', 'image-push-not-allowed', 'oc policy add-role-to-user system:image-builder alice -n team'],
  ]);
  assert.equal((await pushed({ unknown: 'it is away' }))[0]?.[0], 'skipped');
  assert.deepEqual(await pushed('yes', noToken()), []);
  assert.deepEqual(await told('image-push', about(`${QCI_HOST}/openshift/ci:x`)), []);
});

test('where no image was asked about, nobody is', async () => {
  for (const id of ['image-pull', 'engine-pull', 'image-push']) {
    assert.deepEqual(await told(id, about(HOST)), []);
  }
});

const LOGIN: Winner = { kind: 'login', key: HOST, where: X, dead: false };
const unclaimed = (winner: Winner, more: Partial<Facts> = {}): Partial<Facts> => ({
  ...about(IMAGE),
  ours: [],
  unclaimed: [HOST],
  engines: ['podman'],
  winnerOf: async () => winner,
  ...more,
});

test('an image of a registry that is not the helper`s is asked for with the login that the engine sends', async () => {
  const at = async (answer: ManifestReply) => {
    const facts = unclaimed(LOGIN, { manifestByStored: async () => answer });
    assert.equal(await isPulledByLogins(factsOf(facts)), true);
    assert.deepEqual(await told('image-pull', facts), []);
    const [found, ...none] = await told('engine-pull', facts);
    assert.deepEqual(none, []);
    return found;
  };
  assert.deepEqual(await at({ kind: 'there' }), ['ok', 'engine-pull']);
  const again = `podman login ${HOST}`;
  assert.deepEqual(await at({ kind: 'refused' }), ['problem', 'engine-login-not-allowed', again]);
  assert.deepEqual((await at({ kind: 'absent' }))?.[1], 'no-image');
  assert.deepEqual(await at({ kind: 'unknown', detail: 'no answer' }), ['skipped', 'engine-pull-unknown']);
});

test('that a login is dead is told once, with what takes it out', async () => {
  assert.deepEqual(await told('engine-pull', unclaimed({ ...LOGIN, dead: true })), []);
  const { files } = engineState({ [X]: { logins: [HOST] } });
  const refused = files.flatMap((file) => file.logins.map((login) => ({ file, login, host: HOST })));
  assert.deepEqual(await told('engine-pull', unclaimed(LOGIN, { refused: async () => refused })), []);
});

test('a stored login behind the helper is sent where the helper has none', async () => {
  const winner: Winner = { kind: 'helper', helper: 'openshift', where: X, otherwise: LOGIN };
  const at = (login: ReturnType<typeof token>) =>
    unclaimed(winner, {
      loginOf: async () => login,
      manifestByStored: async () => ({ kind: 'there' }),
    });
  assert.deepEqual(await told('engine-pull', at(noToken())), [['ok', 'engine-pull']]);
  assert.deepEqual(await told('engine-pull', at(token())), []);
  assert.equal(await isPulledByLogins(factsOf(at(token()))), false);
});

test('an engine that goes on anonymously is told where the helper has a login, and the image is not public', async () => {
  const at = (login: ReturnType<typeof token>, kind: 'there' | 'refused') =>
    told(
      'engine-pull',
      unclaimed({ kind: 'anonymous' }, { loginOf: async () => login, manifest: async () => ({ kind }) }),
    );
  assert.deepEqual(await at(token(), 'refused'), [['problem', 'engine-anonymous', `podman login ${HOST}`]]);
  assert.deepEqual(await at(token(), 'there'), []);
  assert.deepEqual(await at(noToken(), 'refused'), []);
});

test('of the helper`s own hosts, and of what is not installed, nothing is said twice', async () => {
  for (const more of [
    { ours: [HOST] },
    { ours: [], anonymous: [HOST] },
    { ours: [], isInstalled: async () => false },
  ]) {
    const facts = { ...about(IMAGE), ...more };
    assert.deepEqual(await told('engine-pull', facts), []);
    assert.equal(await isPulledByLogins(factsOf(facts)), false);
  }
});
