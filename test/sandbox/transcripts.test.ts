import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { oauthTokenObjectName } from './cluster/oauth-tokens.ts';
import { createManualClock, type ManualClock } from './manual-clock.ts';
import { clientChoices, LOGIN_TRANSCRIPTS, loginPlaceholders } from './oauth/oauth-transcripts.ts';
import { type Sandbox, startSandbox } from './sandbox.ts';
import type { SandboxOptions } from './sandbox-options.ts';
import { readTranscript, transcriptNames } from './transcript.ts';
import type { Placeholders } from './transcript-placeholders.ts';
import { replay } from './transcript-replay.ts';

const MONTH_SECONDS = 2_592_000;
const RECORDED_CLUSTER: SandboxOptions = { selfSubjectReviews: false };

/** A group of transcripts that one sandbox answers, in this order. */
interface Scenario {
  readonly title: string;
  readonly names: readonly string[];
  readonly options?: SandboxOptions;
  /** Brings the sandbox into the recorded state and tells its tokens. */
  readonly prepare: (sandbox: Sandbox, clock: ManualClock) => Placeholders | Promise<Placeholders>;
  /** Moves on to a transcript's moment. */
  readonly advance?: (name: string, clock: ManualClock) => void;
}

const LOGOUT = transcriptNames().filter(
  (name) => name.startsWith('logout-') || name === 'kubeadmin-logout-delete-own',
);
const OAUTH_OUTAGE = transcriptNames().filter((name) => name.startsWith('outage-oauthapi-'));
const API_OUTAGE = transcriptNames().filter((name) => name.startsWith('outage-kas-'));
const TWO_PROVIDERS = transcriptNames().filter((name) => name.startsWith('two-idp-'));
const STEADY_PREFIXES =
  /^(useroauthaccesstoken|users-me|selfsubject\w+|imagestreams|config|configmap|projects|registry|oauth-info|oauth-wellknown|kas-version|kubeadmin|scope-info|tokenrequest)-/;
const STEADY = transcriptNames().filter((name) => STEADY_PREFIXES.test(name) && !LOGOUT.includes(name));

const scenarios: readonly Scenario[] = [
  { title: 'a cluster at work', names: STEADY, prepare: steadyTokens },
  {
    title: 'logging out, with the two minutes that a dead token lives on',
    names: [...LOGOUT].sort((a, b) => Number(a.startsWith('kubeadmin')) - Number(b.startsWith('kubeadmin'))),
    options: { validationCacheSeconds: 120 },
    prepare: logoutTokens,
    advance: (name, clock) => {
      if (name === 'logout-5-get-me-when-cache-ended') clock.advanceSeconds(121);
    },
  },
  {
    title: 'oauth-apiserver down',
    names: OAUTH_OUTAGE,
    prepare: async (sandbox) => {
      const warm = monthToken(sandbox);
      sandbox.cluster.credentials.validate(warm);
      sandbox.setOutage({ validationDown: true });
      return {
        USER_TOKEN_WARM: warm,
        USER_TOKEN_COLD: monthToken(sandbox),
        ALICE_PASSWORD: 'alice-password',
        SA_TOKEN: sandbox.issueServiceAccountToken({ namespace: 'alice-ns', name: 'puller' }),
      };
    },
  },
  {
    title: 'the API server down',
    names: API_OUTAGE,
    prepare: async (sandbox) => {
      const warm = monthToken(sandbox);
      sandbox.cluster.credentials.validate(warm);
      sandbox.setOutage({ apiDown: true });
      return { USER_TOKEN_WARM: warm, ALICE_PASSWORD: 'alice-password' };
    },
  },
  {
    title: 'people logging in, by password and in a browser',
    names: LOGIN_TRANSCRIPTS,
    options: {
      tokenLifeSeconds: MONTH_SECONDS,
      oauthClients: [
        {
          name: 'rig-prompt-client',
          redirectUris: ['http://127.0.0.1:43210/callback'],
          grantMethod: 'prompt',
        },
      ],
    },
    prepare: loginPlaceholders,
  },
  {
    title: 'two identity providers',
    names: TWO_PROVIDERS,
    options: { kubeAdmin: true },
    prepare: () => clientChoices(TWO_PROVIDERS),
  },
];

function monthToken(sandbox: Sandbox, user = 'alice', createdSecondsAgo = 0): string {
  return sandbox.issueOAuthToken({ user, lifeSeconds: MONTH_SECONDS, createdSecondsAgo });
}

function steadyTokens(sandbox: Sandbox, clock: ManualClock): Placeholders {
  const puller = { namespace: 'alice-ns', name: 'puller' };
  const tenMinutes = sandbox.issueServiceAccountToken({ ...puller, lifeSeconds: 600 });
  clock.advanceSeconds(666);
  const doomed = sandbox.issueServiceAccountToken({ namespace: 'alice-ns', name: 'doomed' });
  sandbox.cluster.serviceAccounts.delete('alice-ns/doomed');
  const account = (audiences?: string[]) =>
    sandbox.issueServiceAccountToken({ ...puller, ...(audiences === undefined ? {} : { audiences }) });
  const dead = () => monthToken(sandbox, 'alice', MONTH_SECONDS + 1);
  return withObjectNames({
    USER_TOKEN_VALID: monthToken(sandbox, 'alice', 2),
    USER_TOKEN_VALID_2: monthToken(sandbox),
    USER_TOKEN_SCOPE_INFO: sandbox.issueOAuthToken({ user: 'alice', scopes: ['user:info'] }),
    KUBEADMIN_TOKEN: monthToken(sandbox, 'kube:admin'),
    EXPIRED_TOKEN_1: dead(),
    EXPIRED_TOKEN_2: dead(),
    EXPIRED_TOKEN_3: dead(),
    EXPIRED_TOKEN_4: dead(),
    OTHER_TOKEN_OBJECT: oauthTokenObjectName('sha256~never-issued'),
    ALICE_PASSWORD: 'a password of four words',
    SA_TOKEN_PULLER: account(),
    SA_TOKEN_600S_EXPIRED: tenMinutes,
    SA_TOKEN_OF_DELETED_SA: doomed,
    SA_TOKEN_TOKENREQUEST_3600: account(),
    SA_TOKEN_TOKENREQUEST_AUDIENCE_OTHER: account(['https://registry.example']),
    SA_TOKEN_TOKENREQUEST_AUDIENCE_API_AND_OTHER: account(['https://kubernetes.default.svc', 'openshift']),
  });
}

function logoutTokens(sandbox: Sandbox): Placeholders {
  return withObjectNames({
    USER_TOKEN_LOGOUT: monthToken(sandbox),
    USER_TOKEN_LOGOUT_COLD: monthToken(sandbox),
    USER_TOKEN_VALID: monthToken(sandbox),
    USER_TOKEN_VALID_2: monthToken(sandbox),
    BOB_TOKEN: monthToken(sandbox, 'bob'),
    KUBEADMIN_TOKEN: monthToken(sandbox, 'kube:admin'),
    SA_TOKEN_PULLER: sandbox.issueServiceAccountToken({ namespace: 'alice-ns', name: 'puller' }),
  });
}

/** Adds the placeholders of the tokens' API objects. */
function withObjectNames(tokens: Placeholders): Placeholders {
  const objects = Object.entries(tokens)
    .filter(([, value]) => value.startsWith('sha256~'))
    .map(([name, value]) => [`OBJECTNAME_OF_${name}`, oauthTokenObjectName(value)]);
  return { ...tokens, ...Object.fromEntries(objects) };
}

for (const { title, names, options, prepare, advance } of scenarios) {
  describe(`The sandbox answers as the recorded servers: ${title}`, () => {
    const clock = createManualClock();
    let sandbox: Sandbox;
    let placeholders: Placeholders;
    before(async () => {
      sandbox = await startSandbox({ ...RECORDED_CLUSTER, ...options, clock });
      placeholders = await prepare(sandbox, clock);
    });
    after(() => sandbox.stop());
    for (const name of names) {
      test(name, async () => {
        advance?.(name, clock);
        const learnt = await replay(sandbox, placeholders, readTranscript(name));
        placeholders = { ...placeholders, ...learnt };
      });
    }
  });
}

test('every transcript is replayed, and none twice', () => {
  const replayed = scenarios.flatMap((scenario) => scenario.names);
  assert.deepEqual(replayed.sort(), transcriptNames());
});
