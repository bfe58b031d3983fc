import { randomBytes, randomUUID } from 'node:crypto';
import type { Identity } from './identity.ts';
import { createJwtSigner } from './jwt.ts';
import {
  createOAuthToken,
  type OAuthToken,
  type OAuthTokenRequest,
  oauthTokenExists,
  oauthTokenIsLive,
  touchOAuthToken,
} from './oauth-tokens.ts';
import {
  type BoundTokenRequest,
  signBoundToken,
  signLegacyToken,
  type TokenAccount,
} from './service-account-tokens.ts';
import { type AccountLookup, createAccountValidator } from './service-account-validation.ts';

/** The API server remembers an accepted OAuth token for two minutes. */
const WEBHOOK_CACHE_MS = 120_000;

/** What a credential store needs to know of its cluster. */
export interface CredentialContext extends AccountLookup {
  /** Which user tokens the cluster takes: its own OAuth tokens, those of 3.11, or an identity provider's. */
  readonly userTokens: 'oauth' | 'opaque' | 'oidc';
  /** How long a dead OAuth token is still accepted after a validation; the real servers: 120. */
  readonly validationCacheSeconds: number;
  /** True while oauth-apiserver is down. */
  validationDown(): boolean;
  userIdentity(userName: string): Identity;
}

/** Issues and judges every kind of bearer token of one cluster. */
export interface Credentials {
  issueOAuthToken(request: OAuthTokenRequest): OAuthToken;
  issueOpaqueToken(userName: string): string;
  issueBoundToken(request: Omit<BoundTokenRequest, 'nowMs'>): string;
  /** The token that the secret of that name is to hold; it counts only once it is there. */
  issueLegacyToken(account: TokenAccount, secretName: string): string;
  issueOidcToken(userName: string, groups: readonly string[], lifeSeconds: number): string;
  /** Ends a token now, whatever its kind; an OAuth token's object is gone with it. */
  end(token: string): void;
  /** Whose token it is; undefined: not accepted. */
  validate(token: string): Identity | undefined;
  /** OAuth tokens whose objects exist, in order of creation. */
  oauthTokens(): OAuthToken[];
}

export function createCredentials(context: CredentialContext): Credentials {
  const accountSigner = createJwtSigner(randomBytes(32).toString('base64url'));
  const providerSigner = createJwtSigner(randomUUID());
  const oauthTokens = new Map<string, OAuthToken>();
  const opaqueTokens = new Map<string, string>();
  const ended = new Set<string>();
  const accepted = new Map<string, { sinceMs: number; identity: Identity }>();
  const { clock } = context;
  const validateServiceAccount = createAccountValidator(accountSigner, context);

  function validateOAuth(token: string): Identity | undefined {
    const nowMs = clock.nowMs();
    const cached = accepted.get(token);
    const cachedMs = cached === undefined ? Number.POSITIVE_INFINITY : nowMs - cached.sinceMs;
    if (context.validationDown()) return cachedMs < WEBHOOK_CACHE_MS ? cached?.identity : undefined;
    if (cachedMs < context.validationCacheSeconds * 1000) return cached?.identity;
    const object = oauthTokens.get(token);
    if (object === undefined || !oauthTokenIsLive(object, nowMs)) return undefined;
    touchOAuthToken(object, nowMs);
    const identity = { ...context.userIdentity(object.userName), scopes: object.scopes };
    if (cachedMs >= WEBHOOK_CACHE_MS) accepted.set(token, { sinceMs: nowMs, identity });
    return identity;
  }

  function validateOidc(token: string): Identity | undefined {
    const claims = providerSigner.verify(token);
    if (claims === undefined || clock.nowMs() >= Number(claims.exp) * 1000) return undefined;
    const groups = [...(claims.groups as readonly string[]), 'system:authenticated'];
    return { name: String(claims.preferred_username), groups };
  }

  return {
    issueOAuthToken(request) {
      const token = createOAuthToken(clock, request);
      oauthTokens.set(token.value, token);
      return token;
    },
    issueOpaqueToken(userName) {
      const token = randomBytes(32).toString('base64url');
      opaqueTokens.set(token, userName);
      return token;
    },
    issueBoundToken: (request) => signBoundToken(accountSigner, { ...request, nowMs: clock.nowMs() }),
    issueLegacyToken: (account, secretName) => signLegacyToken(accountSigner, account, secretName),
    issueOidcToken(userName, groups, lifeSeconds) {
      const iat = Math.floor(clock.nowMs() / 1000);
      return providerSigner.sign({
        aud: 'openshift-cli',
        email: `${userName}@example.com`,
        exp: iat + lifeSeconds,
        groups,
        iat,
        iss: 'https://login.example.com/realms/sandbox',
        preferred_username: userName,
        sub: randomUUID(),
      });
    },
    end(token) {
      const object = oauthTokens.get(token);
      if (object === undefined) ended.add(token);
      else object.endedEarly = true;
    },
    validate(token) {
      if (ended.has(token)) return undefined;
      if (token.split('.').length === 3) {
        return (
          validateServiceAccount(token) ?? (context.userTokens === 'oidc' ? validateOidc(token) : undefined)
        );
      }
      if (context.userTokens === 'oauth') return validateOAuth(token);
      const userName = context.userTokens === 'opaque' ? opaqueTokens.get(token) : undefined;
      return userName === undefined ? undefined : context.userIdentity(userName);
    },
    oauthTokens: () => [...oauthTokens.values()].filter((token) => oauthTokenExists(token, clock.nowMs())),
  };
}
