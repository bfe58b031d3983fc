import { formatTime } from '../clock.ts';
import type { OAuthToken } from '../cluster/oauth-tokens.ts';
import { jsonReply } from '../http/message.ts';
import { type ApiCall, type ApiGroup, listReply } from './api-call.ts';
import { managedFields } from './managed-fields.ts';
import { methodNotAllowed, notFound } from './status.ts';

const API_VERSION = 'oauth.openshift.io/v1';

/** `oauth.openshift.io`: a user's own tokens. Another user's are not found, as if they did not exist. */
export const serveOAuthApi: ApiGroup = (call) => {
  const { cluster, info } = call;
  if (cluster.mode === 'okd-3.11') return undefined;
  if (info.version !== 'v1' || info.resource !== 'useroauthaccesstokens') return undefined;
  if (info.verb === 'list') {
    const items = ownTokens(call).map((token) => tokenObject(call, token));
    return listReply(call, 'UserOAuthAccessTokenList', API_VERSION, items);
  }
  if (info.verb !== 'get' && info.verb !== 'delete') return methodNotAllowed();
  const token = ownTokens(call).find((candidate) => candidate.objectName === info.name);
  if (token === undefined) return notFound(info);
  const kind = info.verb === 'delete' ? 'OAuthAccessToken' : 'UserOAuthAccessToken';
  if (info.verb === 'delete') cluster.credentials.end(token.value);
  return jsonReply(200, { kind, apiVersion: API_VERSION, ...tokenObject(call, token) });
};

function ownTokens({ cluster, identity }: ApiCall): OAuthToken[] {
  return cluster.credentials.oauthTokens().filter((token) => token.userName === identity.name);
}

function tokenObject({ cluster }: ApiCall, token: OAuthToken) {
  const time = formatTime(token.createdMs);
  const { inactivityTimeoutSeconds: idle } = token;
  const fields = [
    'authorizeToken',
    'clientName',
    'expiresIn',
    'redirectURI',
    'scopes',
    'userName',
    'userUID',
  ];
  return {
    metadata: {
      name: token.objectName,
      uid: token.uid,
      resourceVersion: token.resourceVersion,
      creationTimestamp: time,
      managedFields: managedFields(
        'oauth-server',
        API_VERSION,
        time,
        Object.fromEntries(fields.map((field) => [`f:${field}`, {}])),
      ),
    },
    clientName: token.clientName,
    // Go leaves out a number that is 0: a token that never ends has no `expiresIn`.
    ...(token.expiresInSeconds === 0 ? {} : { expiresIn: token.expiresInSeconds }),
    scopes: token.scopes,
    redirectURI: token.redirectUri ?? `${cluster.oauthUrl}/oauth/token/implicit`,
    userName: token.userName,
    userUID: token.userUid,
    authorizeToken: token.authorizeObjectName,
    ...(idle === undefined ? {} : { inactivityTimeoutSeconds: idle }),
  };
}
