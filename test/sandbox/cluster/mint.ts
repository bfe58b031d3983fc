/** A token that TokenRequest handed out, and to whom. */
export interface Mint {
  readonly namespace: string;
  readonly serviceAccount: string;
  /** Name of the user or account that asked. */
  readonly requestedBy: string;
  readonly timeMs: number;
  /** As granted. */
  readonly lifeSeconds: number;
  readonly audiences: readonly string[];
  readonly token: string;
}
