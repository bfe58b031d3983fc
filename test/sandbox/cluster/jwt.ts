import { generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto';

export type Claims = Readonly<Record<string, unknown>>;

/** Signs and checks the JWTs of one issuer. */
export interface JwtSigner {
  sign(claims: Claims): string;
  /** The claims if the signature is this issuer's; times are not judged. */
  verify(token: string): Claims | undefined;
}

/** A signer with a fresh ES256 key, so that no other sandbox's tokens are known here. */
export function createJwtSigner(keyId: string): JwtSigner {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const header = encode({ alg: 'ES256', kid: keyId });
  const key = (secret: KeyObject) => ({ key: secret, dsaEncoding: 'ieee-p1363' as const });
  return {
    sign(claims) {
      const signed = `${header}.${encode(claims)}`;
      return `${signed}.${sign('sha256', Buffer.from(signed), key(privateKey)).toString('base64url')}`;
    },
    verify(token) {
      const [head, payload, signature, rest] = token.split('.');
      if (head !== header || payload === undefined || signature === undefined || rest !== undefined) return;
      const signed = Buffer.from(`${head}.${payload}`);
      const valid = verify('sha256', signed, key(publicKey), Buffer.from(signature, 'base64url'));
      return valid ? (JSON.parse(Buffer.from(payload, 'base64url').toString()) as Claims) : undefined;
    },
  };
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
