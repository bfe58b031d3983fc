import { noteReply } from '../../src/cluster/bounded-requests.ts';
import { mintServiceAccountToken } from '../../src/cluster/mint-service-account-token.ts';
import { inspectToken, localTimeMs } from '../../src/cluster/oauth-tokens.ts';
import { sendHeedingPauses } from '../../src/cluster/retry-after.ts';
import { noAnswer } from '../../src/cluster/send-request.ts';
import { paceOf } from '../../src/files/kept-tokens.ts';
import { createReachability } from '../../src/files/reachability.ts';
import { formatReady, type ReadyWorld, readReady } from '../../src/files/ready-record.ts';
import { fingerprintOf } from '../../src/files/sign-outs.ts';
import { type Answer, usableUntilMs } from '../../src/hosts/answer.ts';
import { answerEnvironment, type TokenKnowledge } from '../../src/hosts/cached-answer.ts';
import type { AnswerPorts } from '../../src/hosts/check-token.ts';
import { clockShiftMs, type Moment } from '../../src/hosts/clock.ts';
import { type Decision, decideAnswer } from '../../src/hosts/decide-answer.ts';
import type { FactPorts } from '../../src/hosts/gather-facts.ts';
import { givenToken, type Identity, type ServiceAccountOrder } from '../../src/hosts/identity.ts';
import type { KeptToken, ObtainPorts } from '../../src/hosts/keep-token.ts';
import { obtainToken } from '../../src/hosts/obtain-token.ts';
import type { Pace } from '../../src/hosts/renewal.ts';
import { inWords } from '../../src/protocol/serve-get.ts';
import type { RegistrySettings } from '../../src/registry/bind-host.ts';
import { decidePorts } from '../support/decide-ports.ts';
import { identity as identityOf, SERVER, unexpected } from '../support/identities.ts';
import type { SimulatedCluster } from './simulated-cluster.ts';

const HOST = 'registry.example.com';
const REGISTRY = `https://${HOST}`;
const KEY = '0'.repeat(32);
const BOOT_ID = 'this-start';

/** The program's decisions on a machine whose files lie in memory. */
export interface SimulatedMachine {
  /** `get`: what is answered, and what the person reads. */
  get(): Promise<Pick<Decision, 'answer' | 'warnings' | 'renewSoon'>>;
  /** `renew`, by the timer or behind the engine's back. */
  renew(): Promise<void>;
  /** A new token in the kubeconfig. */
  login(token: string): void;
}

export interface SimulatedMachineOptions {
  readonly cluster: SimulatedCluster;
  /** The machine's two clocks. */
  moment(): Moment;
  /** The config's entry for the host, besides the server. */
  readonly settings: RegistrySettings;
  readonly secretName: string;
  /** Other machines renew at other times. */
  readonly name?: string;
  /** What takes the place of the machine's own pace. */
  readonly pace?: Pace;
}

export function simulateMachine(options: SimulatedMachineOptions): SimulatedMachine {
  const { cluster, moment, settings } = options;
  const nowMs = () => moment().wallMs;
  let login: { readonly token: string; readonly version: number } = { token: '', version: 0 };
  let record:
    | { answer: Answer; ready: string | undefined; checkedAt: Moment; token?: TokenKnowledge }
    | undefined;
  const kept = new Map<string, KeptToken & { keptAt: Moment }>();
  // What its processes know of servers lies in a file that they share.
  const servers = createReachability(null, undefined, nowMs);

  const ask = async (token: string, path: string, body?: object) => {
    const away = servers.recentFailure(SERVER);
    if (away !== undefined) return noAnswer(away);
    const send = async () => {
      const reply = cluster.ask(token, path, body);
      noteReply(servers, SERVER, reply);
      return reply;
    };
    // No time passes while a simulated program runs.
    return sendHeedingPauses(SERVER, send, {
      reachability: servers,
      longestWaitMs: 0,
      nowMs,
      waitMs: unexpected('waitMs'),
      remainingMs: () => 4500,
    });
  };
  const recallKnowledge = (): TokenKnowledge | undefined => {
    const token = record?.token;
    if (record === undefined || typeof token?.expiresAtMs !== 'number') return token;
    return { ...token, expiresAtMs: token.expiresAtMs + clockShiftMs(record.checkedAt, moment()) };
  };
  const mint = async (bearer: string, order: ServiceAccountOrder) => {
    const boundSecret = order.selfRenew ? options.secretName : undefined;
    const minted = await mintServiceAccountToken({ ...order, boundSecret }, (path, body) =>
      ask(bearer, path, body),
    );
    if (!('kind' in minted)) {
      const expiresAtMs = localTimeMs(minted.expiresAtMs, minted.dateMs, nowMs());
      return { kind: 'minted' as const, token: { token: minted.token, startedAtMs: nowMs(), expiresAtMs } };
    }
    if (minted.kind === 'unreachable') return { kind: 'unavailable' as const, detail: minted.detail };
    if (minted.kind === 'not-served') throw new Error('the sandbox has TokenRequest');
    return minted;
  };
  const obtainPorts: ObtainPorts = {
    nowMs,
    remainingMs: () => 4500,
    recallKept: (key) => {
      const found = kept.get(key);
      if (found === undefined) return undefined;
      const shiftMs = clockShiftMs(found.keptAt, moment());
      const { token, startedAtMs, expiresAtMs } = found;
      return { token, startedAtMs: startedAtMs + shiftMs, expiresAtMs: expiresAtMs + shiftMs };
    },
    keep: async (key, token) => void kept.set(key, { ...token, keptAt: moment() }),
    alone: (_key, _waitMs, action) => action(),
    mint: (_host, _identity, bearer, order) => mint(bearer ?? '', order),
    keyOf: async () => 'the only one',
    paceOf: async (key) =>
      options.pace ?? paceOf(options.name ?? 'a machine', key, servers.troubleOf(SERVER)),
    missingRight: unexpected('missingRight'),
    readTokenFile: unexpected('readTokenFile'),
    runPlugin: unexpected('runPlugin'),
  };
  const portsOf = (eager: boolean): FactPorts & AnswerPorts => {
    const identity: Identity = identityOf({ source: { kind: 'token', token: givenToken(login.token) } });
    return decidePorts({
      nowMs,
      readSettings: async () => ({
        settings: { ...settings, server: SERVER },
        problem: undefined,
        warning: undefined,
      }),
      readIdentities: async () => ({ all: [identity], current: identity, problems: [] }),
      obtainToken: (host, who, order, refused) =>
        obtainToken(host, who, order, { eager, refused }, obtainPorts),
      fingerprintOf,
      recallKnowledge,
      inspectToken: (_identity, token) =>
        inspectToken(
          token,
          { ask: (path, body) => ask(token, path, body), askOAuthServer: unexpected('askOAuthServer') },
          nowMs,
        ),
      probeRegistry: async (_host, _identity, _username, token) => {
        if (servers.recentFailure(REGISTRY) !== undefined) return 'unreachable';
        const said = cluster.probe(token);
        const isAway = said === 'unreachable';
        servers.note(REGISTRY, isAway ? { detail: '', timedOut: false } : { reachedInMs: undefined });
        return said;
      },
    });
  };
  const world: Omit<ReadyWorld, 'now'> = {
    env: {},
    uid: 0,
    key: KEY,
    bootId: BOOT_ID,
    workingDirectory: unexpected('workingDirectory'),
    stampOf: () => String(login.version),
  };
  const decide = async (eager: boolean): Promise<Decision> => {
    const decision = await decideAnswer(HOST, portsOf(eager));
    const { answer, knowledge: token, mayBeKept } = decision;
    if (mayBeKept === false) return decision;
    const checkedAt = moment();
    const ready = formatReady({
      host: HOST,
      decidedAt: checkedAt,
      bootId: BOOT_ID,
      untilMs: usableUntilMs(answer, checkedAt.wallMs),
      environment: answerEnvironment({}, 0, unexpected('cwd'), KEY),
      sources: [['/kubeconfig', String(login.version)]],
      answer: inWords(HOST, answer),
    });
    record = { answer, ready, checkedAt, ...(token === undefined ? {} : { token }) };
    return decision;
  };
  return {
    get: async () => {
      const isReady =
        record?.ready !== undefined && readReady(record.ready, HOST, { ...world, now: moment() }) !== null;
      return record !== undefined && isReady ? { answer: record.answer } : decide(false);
    },
    renew: async () => void (await decide(true)),
    login: (token) => {
      login = { token, version: login.version + 1 };
    },
  };
}
