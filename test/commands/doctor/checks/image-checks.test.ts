import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CheckContext } from '../../../../src/commands/doctor/check.ts';
import { type ImagePullPorts, imagePull } from '../../../../src/commands/doctor/checks/image-pull.ts';
import { imagePush } from '../../../../src/commands/doctor/checks/image-push.ts';
import type { Contact, Login, ManifestAnswer, Right } from '../../../../src/commands/doctor/network-state.ts';
import { parseSubject } from '../../../../src/commands/doctor/subject.ts';
import { QCI_HOST } from '../../../../src/registry/catalogue.ts';
import { CONTEXT, HOST } from './checking.ts';
import { answered, NO_IMAGE_PORTS, noToken, openshiftRegistry, SERVER, token } from './network.ts';

const IMAGE = `${HOST}/team/app:v1`;

function of(word: string): CheckContext {
  const subject = parseSubject(word);
  assert.ok(subject);
  return { ...CONTEXT, subject };
}

/** What the registry says to alice and to nobody in particular, and what else may be asked. */
async function pulled(
  [asUser, anonymous]: readonly [ManifestAnswer['kind'] | 'no token', ManifestAnswer['kind']],
  ports: Partial<ImagePullPorts> = {},
  word = IMAGE,
) {
  const answer = (kind: ManifestAnswer['kind']): ManifestAnswer =>
    kind === 'unknown' ? { kind, detail: 'it answered 503' } : { kind };
  const findings = await imagePull(
    {
      ...NO_IMAGE_PORTS,
      registryAccepts: async () => ({ kind: 'accepted' }),
      loginOf: async () => (asUser === 'no token' ? noToken('It ended.') : token()),
      manifest: async (_host, _image, as) => {
        if (as === 'anonymous') return answer(anonymous);
        return asUser === 'no token' ? assert.fail('there is no token to ask with') : answer(asUser);
      },
      ...ports,
    },
    of(word),
  );
  return findings.map(({ status, saw, mend }) => [status, saw, mend]);
}

test('an image that can be pulled is told to be, and whether it takes a login', async () => {
  const ok = ['ok', `${IMAGE} can be pulled as alice`, undefined];
  assert.deepEqual(await pulled(['there', 'there']), [
    ok,
    ['ok', `${IMAGE} is open to everybody`, undefined],
  ]);
  assert.deepEqual(await pulled(['there', 'refused']), [
    ok,
    ['ok', `${IMAGE} is not public: it takes a login`, undefined],
  ]);
  assert.deepEqual(await pulled(['there', 'unknown']), [ok]);
  assert.deepEqual(await pulled(['no token', 'there']), [
    ['ok', `${IMAGE} can be pulled without a login`, undefined],
  ]);
});

test('a namespace that a valid login closes is told with the grant that opens it', async () => {
  assert.deepEqual(await pulled(['refused', 'there']), [
    [
      'problem',
      `${IMAGE} can be pulled without a login, and not as alice`,
      'oc policy add-role-to-group system:image-puller system:authenticated -n team',
    ],
  ]);
});

const lacking = (right: Right, more: Partial<ImagePullPorts> = {}): Partial<ImagePullPorts> => ({
  mayPull: async (host, namespace, name) => {
    assert.deepEqual([host, namespace, name], [HOST, 'team', 'app']);
    return right;
  },
  imageStream: async () => ({ kind: 'unknown' }),
  hasNamespace: async () => undefined,
  ...more,
});

test('a missing right is told from an image that is not there, as far as the cluster says', async () => {
  const grant = 'oc policy add-role-to-user system:image-puller alice -n team';
  const may = 'alice may not pull from the namespace team';
  const unsure = `${may}, or there is no such namespace`;
  assert.deepEqual(await pulled(['refused', 'refused'], lacking('no')), [['problem', unsure, grant]]);
  const there = { imageStream: async () => ({ kind: 'there', tags: [] }) as const };
  assert.deepEqual(await pulled(['refused', 'refused'], lacking('no', there)), [['problem', may, grant]]);
  const gone = { hasNamespace: async () => false };
  assert.deepEqual(await pulled(['refused', 'refused'], lacking('no', gone)), [
    ['problem', 'There is no namespace team', 'oc get projects'],
  ]);
  const absent = { imageStream: async () => ({ kind: 'absent' }) as const };
  assert.deepEqual(await pulled(['refused', 'refused'], lacking('yes', absent)), [
    ['problem', 'There is no image stream app in the namespace team', 'oc get imagestreams -n team'],
  ]);
  const [strange] = await pulled(['refused', 'refused'], lacking('yes'));
  assert.deepEqual(strange, [
    'problem',
    `${HOST} refuses ${IMAGE} to alice`,
    `docker-credential-openshift renew ${HOST}`,
  ]);
  const [unknown] = await pulled(['refused', 'refused'], lacking({ unknown: 'it is away' }));
  assert.match(unknown?.[1] ?? '', /what right is missing is not known: it is away$/);
});

test('a tag that is not there is told with those that are', async () => {
  const imageStream: ImagePullPorts['imageStream'] = async () => ({ kind: 'there', tags: ['latest', 'v2'] });
  assert.deepEqual(await pulled(['absent', 'absent'], { imageStream }), [
    ['problem', `There is no ${IMAGE}`, 'Compare the name, and the tag or digest.'],
  ]);
  const [found] = await imagePull(
    {
      ...NO_IMAGE_PORTS,
      loginOf: async () => token(),
      manifest: async () => ({ kind: 'absent' }),
      imageStream,
    },
    of(IMAGE),
  );
  assert.equal(found?.why, 'Its image stream has the tags "latest", "v2"');
  assert.equal((await pulled(['no token', 'absent']))[0]?.[0], 'problem');
});

test('without a token, what is not public is refused, and what could not be asked is left open', async () => {
  assert.deepEqual(await pulled(['no token', 'refused']), [
    ['problem', `${IMAGE} can't be pulled without a login, or is not there`, undefined],
  ]);
  for (const asUser of ['no token', 'unknown'] as const) {
    const [found] = await pulled([asUser, 'unknown']);
    assert.deepEqual(found?.slice(0, 2), [
      'skipped',
      `Whether ${IMAGE} can be pulled is not known: it answered 503`,
    ]);
  }
});

test('what mends a missing login is what is told of the login, or of its cluster', async () => {
  const mendFor = async (login: Login, contact: Contact = answered()) => {
    const ports = {
      loginOf: async () => login,
      clusterContacts: async () => [{ server: SERVER, insecure: false, hasOwnCa: false, contact }],
    };
    return (await pulled(['no token', 'refused'], ports))[0]?.[2];
  };
  assert.equal(await mendFor(noToken('It ended. Run: oc login')), 'oc login');
  assert.equal(await mendFor(noToken("It can't be read: it is locked. Unlock it.")), 'Unlock it.');
  assert.equal(await mendFor(noToken(null)), `docker-credential-openshift setup ${HOST}`);
  const mendAt = async (more: Partial<CheckContext>) => {
    const ports = {
      loginOf: async () => noToken(null),
      manifest: async () => ({ kind: 'refused' as const }),
    };
    return (await imagePull({ ...NO_IMAGE_PORTS, ...ports }, { ...of(IMAGE), ours: [], ...more }))[0]?.mend;
  };
  assert.equal(await mendAt({ unclaimed: [HOST] }), 'docker-credential-openshift setup');
  assert.equal(await mendAt({}), `Log in to it: podman login ${HOST}, or docker login ${HOST}.`);
  const unasked = noToken('It could not be checked (503).', { server: SERVER });
  assert.match((await mendFor(unasked, answered({ status: 503 }))) ?? '', /its cluster from being asked/);
  const unjudged = noToken('It could not be checked (503).', { server: SERVER, isUnjudged: true });
  assert.match((await mendFor(unjudged)) ?? '', /^Wait until its cluster can check tokens again/);
});

test('a login that the registry refuses is at fault, and no namespace or right', async () => {
  const ports = { registryAccepts: async () => ({ kind: 'refused' }) as const };
  const typed = { ...ports, loginOf: async () => token({ isStored: true, server: undefined }) };
  for (const anonymous of ['there', 'refused'] as const) {
    assert.deepEqual(await pulled(['refused', anonymous], typed), [
      [
        'problem',
        `${IMAGE} can't be pulled: ${HOST} refuses the stored login of alice`,
        `docker logout ${HOST}`,
      ],
    ]);
  }
  assert.equal(
    (await pulled(['refused', 'there'], ports))[0]?.[1],
    `${IMAGE} can't be pulled: ${HOST} refuses the token of alice`,
  );
});

test('an OpenShift registry has no image of one word, and others may', async () => {
  const word = `${HOST}/public-ns`;
  const registryContact = async () => openshiftRegistry(HOST);
  assert.deepEqual(await pulled(['refused', 'refused'], { registryContact }, word), [
    [
      'problem',
      `${word} names no image: those of an OpenShift registry are called ${HOST}/NAMESPACE/NAME`,
      'oc get imagestreams -n public-ns',
    ],
  ]);
  const elsewhere = { registryContact: async () => answered() };
  assert.equal((await pulled(['there', 'unknown'], elsewhere, word))[0]?.[0], 'ok');
});

test("the namespace of a job that is over is told to be gone, or another's", async () => {
  const word = `${HOST}/ci-op-2c2tvgti/pipeline:src`;
  const ports = (isThere: boolean | undefined): Partial<ImagePullPorts> => ({
    mayPull: async () => 'no',
    imageStream: async () => ({ kind: 'unknown' }),
    hasNamespace: async () => isThere,
  });
  const [gone] = await pulled(['refused', 'refused'], ports(false), word);
  assert.equal(gone?.[1], 'There is no namespace ci-op-2c2tvgti: it is gone');
  const [closed] = await pulled(['refused', 'refused'], ports(undefined), word);
  assert.equal(closed?.[1], 'alice may not pull from the namespace ci-op-2c2tvgti, or it is gone');
});

test('QCI asks for a right of its own', async () => {
  const word = `${QCI_HOST}/openshift/ci:ocp_4.18_cli`;
  const asked: (string | undefined)[] = [];
  const mayPull =
    (everywhere: Right): ImagePullPorts['mayPull'] =>
    async (_host, namespace) => {
      asked.push(namespace);
      return namespace === undefined ? everywhere : 'no';
    };
  assert.equal(
    (await pulled(['refused', 'refused'], { mayPull: mayPull('no') }, word))[0]?.[1],
    'alice may not pull from QCI',
  );
  assert.deepEqual(asked, ['ocp', undefined]);
  assert.equal(
    (await pulled(['refused', 'refused'], { mayPull: mayPull('yes') }, word))[0]?.[1],
    `QCI refuses ${word} to alice`,
  );
  assert.equal((await pulled(['absent', 'refused'], {}, word))[0]?.[1], `There is no ${word}`);
});

test('who may push is told, and that one may not is no fault', async () => {
  const pushed = async (right: Right, word = IMAGE, login = token()) => {
    const findings = await imagePush({ loginOf: async () => login, mayPush: async () => right }, of(word));
    return findings.map(({ status, saw, mend }) => [status, saw, mend]);
  };
  assert.deepEqual(await pushed('yes'), [['ok', `alice may push ${HOST}/team/app`, undefined]]);
  assert.deepEqual(await pushed('no'), [
    [
      'note',
      `alice may not push ${HOST}/team/app`,
      'oc policy add-role-to-user system:image-builder alice -n team',
    ],
  ]);
  assert.equal((await pushed({ unknown: 'it is away' }))[0]?.[0], 'skipped');
  assert.deepEqual(await pushed('yes', IMAGE, noToken(null)), []);
  assert.deepEqual(await imagePush(NO_IMAGE_PORTS, of(`${QCI_HOST}/openshift/ci:x`)), []);
});

test('where no image was asked about, nobody is', async () => {
  assert.deepEqual(await imagePull(NO_IMAGE_PORTS, of(HOST)), []);
  assert.deepEqual(await imagePush(NO_IMAGE_PORTS, of(HOST)), []);
});
