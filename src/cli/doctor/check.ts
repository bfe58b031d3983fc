import type { Finding } from './finding.ts';
import type { Subject } from './subject.ts';

/** podman stands for its family: buildah and skopeo read the same files. */
export type Engine = 'docker' | 'podman';

/** What all checks are told. */
export interface CheckContext {
  readonly subject: Subject;
  /** The registry hosts to look at, normalised: the subject's own, or all that are bound or named in engines' files. */
  readonly hosts: readonly string[];
  /**
   * Those of them that are this helper's without asking a cluster: bound by config, environment or catalogue, or named
   * for it in an engine's file. Only what concerns these may be mended.
   */
  readonly ours: readonly string[];
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
