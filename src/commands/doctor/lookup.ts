import type { LookupStep, Winner } from '../../engines/engine-state.ts';
import type { Engine } from '../../engines/engines.ts';

/** How an engine comes by the credentials for an image. */
export interface Lookup {
  readonly engine: Engine;
  /** `podman 4.3.1`, or `podman (not installed; as version 5 does)`. */
  readonly program: string;
  /** The registry, as podman names it, where it tries several of them. */
  readonly at?: string | undefined;
  readonly steps: readonly LookupStep[];
  readonly winner: Winner;
  /** What that comes to, as a sentence without its full stop. */
  readonly says: string;
}
