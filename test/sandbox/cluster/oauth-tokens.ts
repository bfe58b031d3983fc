import { createHash, randomBytes, randomUUID } from 'node:crypto';
import type { Clock } from '../clock.ts';

const PREFIX = 'sha256~';

/** An OAuthAccessToken object and the secret it stands for. */
export interface OAuthToken {
  readonly value: string;
  readonly objectName: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly userName: string;
  readonly userUid: string;
  readonly clientName: string;
  /** Where the client was sent with its code; undefined: to the page for challenged clients. */
  readonly redirectUri: string | undefined;
  /** Name of the authorize token's object that it was exchanged for. */
  readonly authorizeObjectName: string;
  readonly scopes: readonly string[];
  readonly createdMs: number;
  /** 0: never ends. */
  readonly expiresInSeconds: number;
  /** The client's timeout; undefined: none. */
  readonly idleSeconds: number | undefined;
  /** Counted from creation, raised by use; what the API shows as `inactivityTimeoutSeconds`. */
  inactivityTimeoutSeconds: number | undefined;
  /** Set when a test ends the token before its time. */
  endedEarly: boolean;
}

export interface OAuthTokenRequest {
  readonly userName: string;
  readonly userUid: string;
  readonly lifeSeconds: number;
  readonly scopes: readonly string[];
  readonly inactivityTimeoutSeconds?: number | undefined;
  readonly createdSecondsAgo: number;
  readonly clientName: string;
  readonly redirectUri?: string | undefined;
  readonly resourceVersion: string;
}

/** The name of a token's API object: `sha256~` + unpadded base64url(SHA-256(the part after the prefix)). */
export function oauthTokenObjectName(token: string): string {
  const secret = token.startsWith(PREFIX) ? token.slice(PREFIX.length) : token;
  return PREFIX + createHash('sha256').update(secret).digest('base64url');
}

/** A new token of the form that OpenShift 4.6 and later issue. */
export function createOAuthToken(clock: Clock, request: OAuthTokenRequest): OAuthToken {
  const value = PREFIX + randomBytes(32).toString('base64url');
  return {
    value,
    objectName: oauthTokenObjectName(value),
    uid: randomUUID(),
    resourceVersion: request.resourceVersion,
    userName: request.userName,
    userUid: request.userUid,
    clientName: request.clientName,
    redirectUri: request.redirectUri,
    authorizeObjectName: oauthTokenObjectName(PREFIX + randomBytes(32).toString('base64url')),
    scopes: request.scopes,
    createdMs: (Math.floor(clock.nowMs() / 1000) - request.createdSecondsAgo) * 1000,
    expiresInSeconds: request.lifeSeconds,
    idleSeconds: request.inactivityTimeoutSeconds,
    inactivityTimeoutSeconds: request.inactivityTimeoutSeconds,
    endedEarly: false,
  };
}

/** Whether the object still exists: etcd drops it when its life ends; inactivity does not remove it. */
export function oauthTokenExists(token: OAuthToken, nowMs: number): boolean {
  if (token.endedEarly) return false;
  return token.expiresInSeconds === 0 || nowMs < token.createdMs + token.expiresInSeconds * 1000;
}

/** Whether the token is accepted. */
export function oauthTokenIsLive(token: OAuthToken, nowMs: number): boolean {
  const { inactivityTimeoutSeconds: idle } = token;
  return oauthTokenExists(token, nowMs) && (idle === undefined || nowMs < token.createdMs + idle * 1000);
}

/** Notes a use. The server writes the new timeout lazily: only once a third of it has been used up. */
export function touchOAuthToken(token: OAuthToken, nowMs: number): void {
  if (token.idleSeconds === undefined || token.inactivityTimeoutSeconds === undefined) return;
  const raised = Math.floor((nowMs - token.createdMs) / 1000) + token.idleSeconds;
  if (raised - token.inactivityTimeoutSeconds >= token.idleSeconds / 3)
    token.inactivityTimeoutSeconds = raised;
}
