import { parseObject } from './reply-fields.ts';
import type { Reply } from './send-request.ts';

/** What a registry says of a login, where it gives out its tokens. */
export type LoginReply =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'refused' }
  /** It answers, and fails. */
  | { readonly kind: 'failing'; readonly status: number }
  /** It could not be reached, or its answer says nothing of the login. */
  | { readonly kind: 'unknown'; readonly detail: string };

/**
 * What a reply to a login says of it: the one place where that is judged. Only 401 and 403 are a refusal, and not all of
 * them.
 * @param from who replied: a token endpoint accepts by giving a token, in JSON; `/v2/` by any 200
 */
export function judgeLogin({ status, detail, body }: Reply, from: 'token endpoint' | 'registry'): LoginReply {
  if (status === 0) return { kind: 'unknown', detail };
  if (status >= 500 || status === 429) return { kind: 'failing', status };
  // So the registry says 401 where its cluster could not look at the token (image-registry, seen on 4.13).
  if (/unable to validate token: ServiceUnavailable/.test(body)) return { kind: 'failing', status };
  if (status === 401 || status === 403) return { kind: 'refused' };
  // A redirect leads to a page to log in at, or to another name of the registry: either way nobody looked at the login.
  if (status !== 200) return { kind: 'unknown', detail: `it answered ${status}` };
  const isPage = from === 'token endpoint' && parseObject(body) === undefined;
  return isPage
    ? { kind: 'unknown', detail: 'it answered with something else than a token' }
    : { kind: 'accepted' };
}
