import type { Fix } from '../../hosts/reason.ts';
import { UNREADABLE_AUTHORITY } from '../send-request.ts';

/** How a person has an API server's certificate verified. */
export interface TrustWords {
  /** The file that the authority was given in (`--certificate-authority`); undefined: none was given. */
  readonly givenFile: string | undefined;
  /** The command that logs in anew, by another file of that option. */
  readonly command: string;
}

/**
 * Tells of an API server that can't be reached, where it is its certificate that can't be verified.
 * @param detail why it can't be reached, as a reply has it
 * @returns the cause and the fix of an error; undefined: it is something else
 */
export function distrust(
  detail: string,
  { givenFile, command }: TrustWords,
): { readonly cause: string; readonly fix: Fix } | undefined {
  if (detail !== 'its certificate is not trusted' && detail !== UNREADABLE_AUTHORITY) return undefined;
  if (givenFile === undefined) return { cause: detail, fix: { run: command } };
  return {
    cause: `${detail}, since ${givenFile} does not hold the authority that signed it`,
    fix: { do: `Ask the cluster's administrators for that authority. Run: ${command}` },
  };
}
