import type { Engine } from './check.ts';

/** One place that an engine looks into for a registry's credentials. */
export interface LookupStep {
  /** The file, variable or helper. */
  readonly where: string;
  /** The keys it looks for, in its order. */
  readonly lookedFor: string;
  readonly found: string;
  /** What the engine does then. */
  readonly outcome: string;
}

/** What an engine sends in the end. */
export type Winner =
  /** What a helper answers; `otherwise`: what counts where it has no credential. */
  | {
      readonly kind: 'helper';
      readonly helper: string;
      readonly where: string;
      readonly otherwise: Exclude<Winner, { kind: 'helper' }>;
    }
  /** A login that lies in a file or a variable. */
  | { readonly kind: 'login'; readonly key: string; readonly where: string; readonly dead: boolean }
  | { readonly kind: 'anonymous' }
  /** The engine gives up: no pull, not even of a public image. */
  | { readonly kind: 'error'; readonly why: string };

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
