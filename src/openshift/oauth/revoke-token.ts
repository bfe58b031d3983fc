import { AppError } from '../../credential/app-error.ts';
import { isOAuthToken, oauthTokenObjectName } from '../oauth-token-name.ts';
import type { LoginAccess } from './login-access.ts';

/**
 * Revokes an OAuth token, as `oc logout` does: its object is deleted, by another token of the same user.
 * @param bearer the token that proves whose the other is
 * @returns false if there is nothing to revoke: it is no OAuth token, or was revoked or had ended before
 * @throws AppError if the cluster did not do it
 */
export async function revokeToken(
  server: string,
  token: string,
  bearer: string,
  { askApi }: Pick<LoginAccess, 'askApi'>,
): Promise<boolean> {
  if (!isOAuthToken(token)) return false;
  const path = `/apis/oauth.openshift.io/v1/useroauthaccesstokens/${oauthTokenObjectName(token)}`;
  const headers = { authorization: `Bearer ${bearer}`, accept: 'application/json' };
  const { status, detail } = await askApi({ method: 'DELETE', url: new URL(server + path), headers });
  if (status === 200 || status === 202) return true;
  if (status === 404) return false;
  throw new AppError({
    code: 'not-revoked',
    message: `The replaced token could not be revoked at ${server}: ${detail || `it answered ${status}`}`,
    hint: 'oc get useroauthaccesstokens',
  });
}
