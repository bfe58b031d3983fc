import { buildah, podman, skopeo } from './descriptors/containers.ts';
import { docker } from './descriptors/docker.ts';
import type { EngineDescriptor, EngineRules, Version } from './rules.ts';

/** Every engine that is known: one row each. */
const TABLE = { docker, podman, buildah, skopeo } as const;

/** The name of an engine. */
export type Engine = keyof typeof TABLE;

/** Their names, in the order in which they are told of. */
export const ENGINES = Object.keys(TABLE) as readonly Engine[];

/** @returns what is known of an engine */
export function descriptorOf(engine: Engine): EngineDescriptor {
  return TABLE[engine];
}

/** @returns the engines of a family, with the one that it is spoken of by */
export function familyOf(engine: Engine): readonly Engine[] {
  const { family } = descriptorOf(engine);
  return ENGINES.filter((other) => descriptorOf(other).family === family);
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
  return rules.find(isFrom) ?? rules.at(-1) ?? rules[0];
}
