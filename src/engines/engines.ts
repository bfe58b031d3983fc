import { DOCKER_HUB } from '../registry/engine-names.ts';
import { buildah, podman, skopeo } from './descriptors/containers.ts';
import { docker } from './descriptors/docker.ts';
import { helm } from './descriptors/helm.ts';
import { nerdctl } from './descriptors/nerdctl.ts';
import type { EngineDescriptor, EngineRules, Version } from './rules.ts';

/** Every engine that is known: one row each. */
const TABLE = { docker, podman, buildah, skopeo, nerdctl, helm } as const;

/** The name of an engine. */
export type Engine = keyof typeof TABLE;

/** Their names, in the order in which they are told of. */
export const ENGINES = Object.keys(TABLE) as readonly Engine[];

/** Those that stand for themselves: of a family, the one that is spoken of. */
export const MAIN_ENGINES = ENGINES.filter((engine) => TABLE[engine].family === engine);

/** The one that examples name. */
export const EXAMPLE_ENGINE: Engine = 'podman';

/** @returns what is known of an engine */
export function descriptorOf(engine: Engine): EngineDescriptor {
  return TABLE[engine];
}

/** @returns the engines of a family, with the one that it is spoken of by */
export function familyOf(engine: Engine): readonly Engine[] {
  const { family } = descriptorOf(engine);
  return ENGINES.filter((other) => descriptorOf(other).family === family);
}

/** @returns engines with their families, as they are named in a sentence */
export function inWords(engines: readonly Engine[], joint: 'and' | 'or' = 'and'): string {
  const names = ENGINES.filter((engine) => engines.some((one) => familyOf(one).includes(engine)));
  return listed(names, joint);
}

/** @returns names as a list in a sentence */
export function listed(names: readonly string[], joint: 'and' | 'or' = 'and'): string {
  const last = names.at(-1) ?? '';
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} ${joint} ${last}`;
}

/** @returns what is to be told of engines: of a family, of the engine that it is spoken of by, or else of each */
export function spokenOf<T extends { readonly engine: Engine; readonly registry: string }>(
  all: readonly T[],
): readonly T[] {
  return all.filter(({ engine, registry }) => {
    const { family } = descriptorOf(engine);
    return engine === family || !all.some((other) => other.engine === family && other.registry === registry);
  });
}

/** Whether an engine keeps its logins and helpers in docker's config. */
export function usesDockersConfig(engine: Engine): boolean {
  return rulesOf(engine).loginWrites === 'docker';
}

/**
 * @param registry as an engine asks for it
 * @returns the names that engines with these rules ask a helper for, in their order
 */
export function namesAsked({ helperNames, dockerHub }: EngineRules, registry: string): readonly string[] {
  if (registry === DOCKER_HUB || registry === dockerHub) return [dockerHub];
  return /:\d+$/.test(registry) ? [registry] : helperNames.map((name) => name.replace('HOST', registry));
}

/**
 * @param version undefined: it is not known, and the newest that is known is taken for it
 * @returns what an engine of that version does; of one that is older than all that are known, what the oldest does
 */
export function rulesOf(engine: Engine, version?: Version): EngineRules {
  const { rules } = descriptorOf(engine);
  if (version === undefined) return rules[0];
  const isFrom = ({ since: [major, minor] }: EngineRules) =>
    version[0] > major || (version[0] === major && version[1] >= minor);
  return rules.reduce((newer, older) => (isFrom(newer) ? newer : older));
}
