import type { Engine } from '../../engines/engines.ts';
import type { Finding } from './finding.ts';
import type { Subject } from './subject.ts';

/** What one or both engines ask for, and look at as a whole. */
export interface Aim {
  readonly engines: readonly Engine[];
  readonly subject: Subject;
  readonly hosts: readonly string[];
  /** The registry before registries.conf leads elsewhere; undefined: of more than one host. */
  readonly named: string | undefined;
}

/** Registry hosts, normalised, by whose they are. */
export interface CheckedHosts {
  /** All to look at: the subject's own, or all that are bound, or named in engines' files and a cluster's. */
  readonly hosts: readonly string[];
  /**
   * Those of them that are this helper's: bound by config, environment or catalogue, named for it in an engine's file, or
   * the current context's cluster's own by its word. Only what concerns these and the next may be mended.
   */
  readonly ours: readonly string[];
  /** Those that the config keeps anonymous: no login is to be sent there. */
  readonly anonymous: readonly string[];
  /** Those that may be a cluster's, and nothing says whose: logins for them are told of, and not mended. */
  readonly unclaimed: readonly string[];
  /** What the engines ask for; of more than one host, all of it is one. */
  readonly aims: readonly Aim[];
}

/** What all checks are told. */
export interface CheckContext extends CheckedHosts {
  readonly subject: Subject;
  /** The engines that the user wants looked at. */
  readonly engines: readonly Engine[];
  /** Aborted when the time is up: a check that is not done by then is reported as late. */
  readonly signal: AbortSignal;
}

/**
 * One thing that `doctor` looks at. Checks run side by side and know nothing of each other; whatever one throws becomes
 * a finding of its own. Its function lies in checks/, declares the ports it needs, and never changes anything
 * but what the helper itself remembers.
 */
export interface Check {
  /** Its stable name, in kebab-case: `--json` and the docs carry it. */
  readonly id: string;
  run(context: CheckContext): Promise<readonly Finding[]>;
}
