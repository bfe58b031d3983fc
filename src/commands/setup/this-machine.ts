import { existsSync } from 'node:fs';
import { type Discovery, findImage } from '../../cluster/discover-registry-hosts.ts';
import { ENGINES, type Engine, familyOf, MAIN_ENGINES, spokenOf } from '../../engines/engines.ts';
import { engineVersion, findOnPath } from '../../engines/program-versions.ts';
import type { Place } from '../../files/directories.ts';
import { type Decision, ownerOf } from '../../hosts/decide-answer.ts';
import type { Identity } from '../../hosts/identity.ts';
import { loginCommand } from '../../hosts/login-command.ts';
import { byName, once } from '../../hosts/once.ts';
import { AppError } from '../../hosts/reason.ts';
import { frontOf, selfCommand } from '../../process/front.ts';
import { runProgram } from '../../process/run-program.ts';
import { within } from '../../process/within.ts';
import { claimOf, decide, discover } from '../../session/facts.ts';
import type { Session } from '../../session/session.ts';
import { helperOnPath } from '../doctor/checks/helper-program.ts';
import { isCertificateFault } from '../doctor/contact-finding.ts';
import { whoAsksHelper } from '../doctor/lookup.ts';
import { createNetwork } from '../doctor/network.ts';
import type { JudgedTrust } from '../doctor/network-state.ts';
import { findLoginFor } from './find-login-for.ts';
import type { AstrayEngine, ClusterWord, Proof, SetupPorts } from './setup-ports.ts';

/** @returns what a cluster says of its registry, or why it says nothing to this login */
async function wordFrom(
  { source, server, context }: Identity,
  discover: () => Promise<Discovery>,
): Promise<ClusterWord> {
  if (source.kind === 'none') return { fault: source.reason.why, fix: source.reason.fix, refusedLogin: true };
  try {
    const { hosts, answered, endedBy } = await discover();
    if (answered || hosts.length > 0) return { hosts };
    if (endedBy?.status === 401) {
      const fix = { run: loginCommand(server, context) };
      return { fault: 'it refuses the login', fix, refusedLogin: true };
    }
    return { fault: endedBy?.detail ?? 'it gave no answer', refusedLogin: false };
  } catch (error) {
    // No token can be had of this login: why, and what fixes it.
    if (!(error instanceof AppError)) throw error;
    return { fault: error.message, fix: error.fix, refusedLogin: true };
  }
}

/** @returns what an engine would get of the registry with the answer that was decided */
async function proofOf(
  { answer, identity, token, ...learnt }: Decision,
  { probeRegistry, ask }: Session['access'],
  host: string,
): Promise<Proof> {
  if (answer.kind === 'anonymous') return { kind: 'anonymous', reasons: answer.reasons };
  const username = ownerOf(answer, learnt);
  if (identity === undefined || token === undefined) return { kind: 'accepted', username };
  const [kind, image] = await Promise.all([
    probeRegistry(host, identity, answer.username, token),
    findImage(identity, (path) => ask(identity, token, path)),
  ]);
  return kind === 'accepted' ? { kind, username, image } : { kind };
}

/** @returns an engine that does not trust a registry's certificate; undefined: it does, or that can't be told */
export function untrustingEngine(
  engine: Engine,
  registry: string,
  trust: JudgedTrust | undefined,
): AstrayEngine | undefined {
  if (trust === undefined || trust.unverified !== undefined || trust.contact.kind !== 'none')
    return undefined;
  if (!isCertificateFault(trust.contact.fault)) return undefined;
  const why = `the registry accepts the login, but ${engine} does not trust its certificate, so that every pull fails`;
  return { registry, why };
}

/**
 * Why engines that are started from here would not find this helper, in doctor's words.
 * @returns undefined: they find it
 */
export async function whyHelperUnfound(here: Place): Promise<AppError | undefined> {
  const findings = await helperOnPath({
    engines: ENGINES,
    engineVersion: (engine) => engineVersion(engine, here, runProgram),
    findProgram: (name) => findOnPath(name, here),
    self: selfCommand(),
    hasFront: frontOf() !== undefined,
    platform: here.platform,
    exists: existsSync,
  });
  const problem = findings.find(({ status }) => status === 'problem');
  if (problem === undefined) return undefined;
  const { why, effect, fix } = problem;
  return new AppError({
    code: 'helper-not-on-path',
    message: `Nothing was changed: ${effect === undefined ? why : `${why}. ${effect}`}`,
    fix,
  });
}

/** What it may take to look whether an engine trusts a registry that has just answered. */
const TRUST_MS = 1500;

/** The engines of this machine, as far as they would pull nothing private. @param run runs a program to its end */
export function enginesHere(
  here: Place,
  run: typeof runProgram,
): Pick<SetupPorts, 'enginesAstray' | 'enginesUntrusting'> {
  const versionOf = byName((engine: Engine) => engineVersion(engine, here, run));
  const network = once(() => createNetwork(here, versionOf));
  return {
    enginesAstray: async (registries, engine) => {
      const asking = await whoAsksHelper(registries, engine === undefined ? ENGINES : familyOf(engine), here);
      return spokenOf(asking.filter(({ isInstalled, asksHelper }) => isInstalled && !asksHelper));
    },
    enginesUntrusting: async (registry, engine) => {
      const untrusting = (engine === undefined ? MAIN_ENGINES : [engine]).map(async (name) => {
        if (!(await versionOf(name)).isInstalled) return undefined;
        const trust = network().engineTrust(name, registry, registry);
        return untrustingEngine(name, registry, await within(TRUST_MS, trust, undefined));
      });
      return (await Promise.all(untrusting)).filter((each) => each !== undefined);
    },
  };
}

/** What all clusters of the kubeconfig are given to answer, side by side. */
export const ASKING_MS = 3500;

/** Which login a host is to be linked to. @throws AppError if there is none, or more than one */
export function linkedLogin(
  host: string,
  context: string | undefined,
  session: Session,
  ask = (identity: Identity) => wordOf(identity, session),
) {
  if (context !== undefined) session.chosenContexts.add(context);
  const readIdentities = async () => (await session.identities()).identities;
  const isClaimed = async (name: string, identity: Identity) =>
    (await claimOf(name, identity, session, true)).claimed;
  return findLoginFor(host, context, { readIdentities, askCluster: ask }, isClaimed);
}

/** What an identity's cluster says of its registry's hosts, in time: a plugin may take its own, too. */
export function wordOf(identity: Identity, session: Session): Promise<ClusterWord> {
  const word = wordFrom(identity, () => discover(identity, session, () => false));
  return within(ASKING_MS, word, {
    fault: `nothing was heard within ${ASKING_MS / 1000} s`,
    refusedLogin: false,
  });
}

/** Decides the answer anew, as an engine gets it, and asks the registry with it. */
export async function prove(host: string, session: Session): Promise<Proof> {
  const decision = await decide(host, session);
  await decision.keep();
  return proofOf(decision, session.access, host);
}

/** Whether a login that is typed has nowhere to be kept: there is no keychain, and nobody said where else. */
export async function lacksSecretPlace({ config, environment, secrets }: Session): Promise<boolean> {
  const { parsed, fault } = await config();
  const isSaid = parsed.config.secrets !== undefined || environment.secrets !== undefined;
  return fault === undefined && !isSaid && (await secrets.health()).kind === 'absent';
}
