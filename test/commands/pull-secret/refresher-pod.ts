import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { parseAllDocuments } from 'yaml';
import type { KubernetesObject } from '../../../src/cluster/service-account-objects.ts';
import { openRefresh } from '../../../src/commands/pull-secret/refresh-logins.ts';
import { runPullSecret } from '../../../src/commands/pull-secret/run-pull-secret.ts';
import { objectPaths } from '../../../src/commands/service-account/ensure-object.ts';
import { createSession, type Session } from '../../../src/session/session.ts';
import { callApi } from '../../sandbox/api-client.ts';
import type { Secret } from '../../sandbox/cluster/objects.ts';
import { createManualClock, type ManualClock } from '../../sandbox/manual-clock.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { runningSandbox } from '../../support/running-sandbox.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

export const ACCOUNT = 'alice-ns/puller';
const KEY = 'alice-ns/pull';

/** An entry of a Secret that is the refresher's, by its fields. */
export interface Entry {
  readonly username: string;
  readonly password: string;
  readonly auth: string;
}

/** What a command printed, and its exit status. */
interface Said {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A cluster to which the manifest was applied, and the refresher's pod in it. */
export interface RefresherPod {
  readonly sandbox: Sandbox;
  /** The cluster's, which tokens are issued by: it stands at the present. */
  readonly clock: ManualClock;
  readonly host: string;
  /** The words of `pull-secret refresh`. */
  readonly words: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Runs it with the program's own parts, files and requests. */
  refresh(...more: string[]): Promise<Said>;
  /** What a refresh needs of the cluster, with the pod's own rights. */
  open(): ReturnType<typeof openRefresh>;
  secret(): Secret;
  /** What the Secret's one key says. */
  text(): string;
  /** The refresher's entry; undefined: there is none. */
  entry(): Entry | undefined;
  /** Puts a text into the Secret, as somebody else does. */
  put(text: string): void;
  /** A token of the account that was issued a while ago. */
  tokenOf(issuedSecondsAgo: number, lifeSeconds: number): string;
  /** Whether the cluster takes a token. */
  isGood(token: string): Promise<boolean>;
}

/** @returns the Secret's text with this token for the host, as the refresher writes it, and nothing else */
export function textWith(host: string, token: string): string {
  const username = 'system-serviceaccount-alice-ns-puller';
  const auth = Buffer.from(`${username}:${token}`).toString('base64');
  return JSON.stringify({ auths: { [host]: { username, password: token, auth } } });
}

/** As long as it takes: nobody waits. */
const WITHIN_MS = 60_000;

function sessionIn(env: Readonly<Record<string, string>>, podDirectory: string | undefined): Session {
  const here = { platform: process.platform, env: { ...env }, uid: process.geteuid?.() };
  return createSession(here, { withinMs: WITHIN_MS, eager: true, byHand: true, patient: true, podDirectory });
}

/** Runs `pull-secret` in this process. @param env the whole environment */
export async function runHere(
  words: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Said> {
  const out: string[] = [];
  const err: string[] = [];
  const status = await runPullSecret(
    words,
    'registry.example.com/refresher:1',
    (target, logins) => openRefresh(target, logins, sessionIn(env, logins.podDirectory)),
    {
      print: (line) => void out.push(`${line}\n`),
      printError: (line) => void err.push(`${line}\n`),
      nowMs: Date.now,
      wait: (ms) => pause(ms),
      random: Math.random,
    },
  );
  const said = { status, stdout: out.join(''), stderr: err.join('') };
  assert.doesNotMatch(said.stdout + said.stderr, /sha256~|eyJ[\w-]{8}/);
  return said;
}

/** Applies what `pull-secret manifest` prints, as an admin, and opens a pod of the CronJob. */
export async function refresherPod(t: TestContext): Promise<RefresherPod> {
  const clock = createManualClock();
  const sandbox = await runningSandbox(t, { clock });
  const host = sandbox.registryHost;
  const directory = temporaryDirectory(t);
  const target = [KEY, '--host', host, '--service-account', ACCOUNT];
  const printed = await runHere(['manifest', ...target], {});
  assert.equal(printed.status, 0, printed.stderr);
  await applyAsAdmin(sandbox, printed.stdout);
  const podDirectory = join(directory, 'account');
  mkdirSync(podDirectory);
  const own = { namespace: 'alice-ns', name: 'refresh-pull', lifeSeconds: 86_400 };
  writeFileSync(join(podDirectory, 'token'), sandbox.issueServiceAccountToken(own));
  writeFileSync(join(podDirectory, 'ca.crt'), sandbox.caPem);
  const { hostname, port } = new URL(sandbox.apiUrl);
  // As on a root that is read-only: there is no directory in which anything could be kept.
  const nowhere = { TMPDIR: '/proc' };
  const env = { ...nowhere, KUBERNETES_SERVICE_HOST: hostname, KUBERNETES_SERVICE_PORT: port };
  const words = ['pull-secret', 'refresh', ...target, '--pod-directory', podDirectory];
  const secret = () => sandbox.cluster.secrets.get(KEY) as Secret;
  const text = () => Buffer.from(Object.values(secret().data)[0] ?? '', 'base64').toString();
  return {
    sandbox,
    clock,
    host,
    words,
    env,
    refresh: (...more) => runHere([...words.slice(1), ...more], env),
    open: () => {
      const [namespace = '', name = ''] = KEY.split('/');
      const [, account = ''] = ACCOUNT.split('/');
      const logins = { context: undefined, registryContext: undefined, podDirectory };
      const whose = { namespace, name, host, account: { namespace, name: account } };
      return openRefresh(whose, logins, sessionIn(env, podDirectory));
    },
    secret,
    text,
    entry: () => JSON.parse(text()).auths[host],
    put: (changed) => {
      const data = { '.dockerconfigjson': Buffer.from(changed).toString('base64') };
      sandbox.cluster.secrets.set(KEY, { ...secret(), data, resourceVersion: sandbox.cluster.nextVersion() });
    },
    tokenOf: (issuedSecondsAgo, lifeSeconds) => {
      clock.advanceSeconds(-issuedSecondsAgo);
      const token = sandbox.issueServiceAccountToken({ namespace: 'alice-ns', name: 'puller', lifeSeconds });
      clock.advanceSeconds(issuedSecondsAgo);
      return token;
    },
    isGood: async (token) => {
      const answer = await callApi(sandbox, token, 'GET', '/apis/user.openshift.io/v1/users/~');
      return answer.status === 200;
    },
  };
}

/** As `oc apply` does it for objects that are not there. The sandbox runs no CronJobs, and has none. */
async function applyAsAdmin(sandbox: Sandbox, yaml: string): Promise<void> {
  const admin = sandbox.issueOAuthToken({ user: 'kube:admin' });
  for (const document of parseAllDocuments(yaml)) {
    const object = document.toJS() as KubernetesObject;
    if (object.kind === 'CronJob') continue;
    const made = await callApi(sandbox, admin, 'POST', objectPaths(object).collection, object);
    assert.equal(made.status, 201, made.body.toString());
  }
}
