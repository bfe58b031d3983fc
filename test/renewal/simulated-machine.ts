import { mintServiceAccountToken } from '../../src/cluster/mint-service-account-token.ts';
import { inspectToken, localTimeMs } from '../../src/cluster/oauth-tokens.ts';
import { noAnswer } from '../../src/cluster/send-request.ts';
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
import { inWords } from '../../src/protocol/serve-get.ts';
import type { RegistrySettings } from '../../src/registry/bind-host.ts';
import { decidePorts } from '../support/decide-ports.ts';
import { identity as identityOf, SERVER, unexpected } from '../support/identities.ts';
import type { SimulatedCluster } from './simulated-cluster.ts';

const HOST = 'registry.example.com';
const KEY = '0'.repeat(32);
const BOOT_ID = 'this-start';
/** As `src/files/reachability.ts` has it. */
const LEFT_ALONE_MS = 30_000;

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
}

export function simulateMachine(options: SimulatedMachineOptions): SimulatedMachine {
  const { cluster, moment, settings } = options;
  const nowMs = () => moment().wallMs;
  let login: { readonly token: string; readonly version: number } = { token: '', version: 0 };
  let record:
    | { answer: Answer; ready: string | undefined; checkedAt: Moment; token?: TokenKnowledge }
    | undefined;
  const kept = new Map<string, KeptToken & { keptAt: Moment }>();
  const failedAtMs = new Map<'api' | 'registry', number>();

  const isLeftAlone = (server: 'api' | 'registry'): boolean => {
    const ageMs = nowMs() - (failedAtMs.get(server) ?? Number.NEGATIVE_INFINITY);
    return ageMs >= 0 && ageMs < LEFT_ALONE_MS;
  };
  const note = (server: 'api' | 'registry', reached: boolean): void => {
    if (reached) failedAtMs.delete(server);
    else failedAtMs.set(server, nowMs());
  };
  const ask = async (token: string, path: string, body?: object) => {
    if (isLeftAlone('api')) return noAnswer('connection refused');
    const reply = cluster.ask(token, path, body);
    note('api', reply.status !== 0);
    return reply;
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
        inspectToken(token, {
          nowMs,
          ask: (path, body) => ask(token, path, body),
          askOAuthServer: unexpected('askOAuthServer'),
        }),
      probeRegistry: async (_host, _identity, _username, token) => {
        if (isLeftAlone('registry')) return 'unreachable';
        const said = cluster.probe(token);
        note('registry', said !== 'unreachable');
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
