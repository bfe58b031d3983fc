/** What the program reads of a JWT's payload. Its signature is the cluster's to check. */
export interface JwtClaims {
  /** Seconds since the epoch; undefined: it has no end (legacy service account tokens). */
  readonly exp: number | undefined;
  /** When it was issued, in seconds since the epoch; undefined: it does not say. */
  readonly iat: number | undefined;
  /** `kubernetes.io` service account tokens carry their account's name here. */
  readonly subject: string | undefined;
  readonly issuer: string | undefined;
}

/**
 * @param token three base64url parts, as RFC 7519 has them
 * @returns its claims; undefined if it is no JWT
 */
export function readJwt(token: string): JwtClaims | undefined {
  const parts = token.split('.');
  if (parts.length !== 3 || !parts.every((part) => /^[\w-]+$/.test(part))) return undefined;
  try {
    const payload: unknown = JSON.parse(Buffer.from(parts[1] ?? '', 'base64url').toString());
    if (typeof payload !== 'object' || payload === null) return undefined;
    const { exp, iat, sub, iss } = payload as Partial<Record<'exp' | 'iat' | 'sub' | 'iss', unknown>>;
    const number = (value: unknown) =>
      typeof value === 'number' && Number.isFinite(value) ? value : undefined;
    return {
      exp: number(exp),
      iat: number(iat),
      subject: typeof sub === 'string' ? sub : undefined,
      issuer: typeof iss === 'string' ? iss : undefined,
    };
  } catch {
    // Three parts by chance: JSON.parse throws for what is no payload.
    return undefined;
  }
}

/** @returns when a token that is a JWT ends, in ms since the epoch; undefined: it does not say, or is none */
export function jwtEndMs(token: string): number | undefined {
  const seconds = readJwt(token)?.exp;
  return seconds === undefined ? undefined : seconds * 1000;
}
