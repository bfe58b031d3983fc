import type { Engine } from '../../engines/engines.ts';
import type { Resolution } from '../../engines/lookup/resolve-image.ts';
import type { Aim, CheckContext } from './check.ts';
import type { Finding } from './finding.ts';

/** @returns what the engines ask for, each thing once, with who does */
export function aimsOf(resolutions: readonly Resolution[]): readonly Aim[] {
  const aims = new Map<string, Aim>();
  for (const { engine, places } of resolutions) {
    for (const { named, asked } of places) {
      const repository = asked.kind === 'image' ? asked.image.repository : '';
      const key = [named.host, asked.asked, repository].join(' ');
      const engines = [...(aims.get(key)?.engines ?? []), engine];
      aims.set(key, { engines, subject: asked, hosts: [asked.host], named: named.host });
    }
  }
  return [...aims.values()];
}

/** @returns those that count: of engines that ask for different things, those that are there, if any is */
export async function countedOf(
  resolutions: readonly Resolution[],
  isInstalled: (engine: Engine) => Promise<boolean>,
): Promise<readonly Resolution[]> {
  if (aimsOf(resolutions).every(({ engines }) => engines.length === resolutions.length)) return resolutions;
  const installed = await Promise.all(resolutions.map(({ engine }) => isInstalled(engine)));
  const there = resolutions.filter((_, index) => installed[index]);
  return there.length === 0 ? resolutions : there;
}

type Run = (context: CheckContext, aim: Aim) => Promise<readonly Finding[]>;

/**
 * Makes a check of one that looks at a single thing: it is run for each that an engine asks for, and told of which engine,
 * where they differ.
 * @param needed whether of several that one engine tries it is enough that `one` serves: what is wrong with the others is
 *   no fault then
 */
export function perAim(
  run: Run,
  needed: 'each' | 'one' = 'each',
): (context: CheckContext) => Promise<readonly Finding[]> {
  return async (context) => {
    const found = await Promise.all(
      context.aims.map(async (aim) => ({ aim, findings: await run(within(context, aim), aim) })),
    );
    const told = found.flatMap(({ aim, findings }) => {
      const others = found.filter((other) => other.aim !== aim);
      const isServed = aim.engines.every((engine) =>
        others.some((other) => other.aim.engines.includes(engine) && serves(other.findings)),
      );
      const spared = isServed && needed === 'one' ? findings.map(asNote) : findings;
      const isForAll = context.engines.every((engine) => aim.engines.includes(engine));
      return isForAll ? spared : spared.map((finding) => toldOf(aim.engines, finding));
    });
    const words = told.map(({ host, saw, status }) => JSON.stringify([host, saw, status]));
    return told.filter((_, index) => words.indexOf(words[index] ?? '') === index);
  };
}

/** @returns the hosts as podman names them, before registries.conf leads elsewhere */
export function asNamedForPodman({ engines, aims }: CheckContext): Pick<CheckContext, 'engines' | 'hosts'> {
  const named = aims.flatMap((aim) => (aim.engines.includes('podman') ? (aim.named ?? aim.hosts) : []));
  return { engines, hosts: [...new Set(named)] };
}

function within(context: CheckContext, { engines, subject, hosts }: Aim): CheckContext {
  const those = (names: readonly string[]) => names.filter((host) => hosts.includes(host));
  const { ours, anonymous, unclaimed } = context;
  if (subject.kind === 'all') return { ...context, engines, subject };
  return {
    ...context,
    engines,
    subject,
    hosts,
    ours: those(ours),
    anonymous: those(anonymous),
    unclaimed: those(unclaimed),
  };
}

function serves(findings: readonly Finding[]): boolean {
  const has = (status: Finding['status']) => findings.some((finding) => finding.status === status);
  return has('ok') && !has('problem');
}

function asNote(finding: Finding): Finding {
  return finding.status === 'problem' ? { ...finding, status: 'note' } : finding;
}

function toldOf(engines: readonly Engine[], finding: Finding): Finding {
  const names = engines.join(' and ');
  return finding.saw.startsWith(`${names} `) ? finding : { ...finding, saw: `${names}: ${finding.saw}` };
}
