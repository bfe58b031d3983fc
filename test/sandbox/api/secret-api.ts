import { isDeepStrictEqual } from 'node:util';
import { objectKey, type Secret } from '../cluster/objects.ts';
import {
  DOCKER_CONFIG_SECRET,
  DOCKERCFG_SECRET,
  fillTokenSecret,
  TOKEN_SECRET,
  tokenSecretAccountName,
} from '../cluster/service-accounts.ts';
import type { Reply } from '../http/message.ts';
import { type ApiCall, readJson } from './api-call.ts';
import { serveObjects } from './object-api.ts';
import { invalid } from './status.ts';

/** `secrets` of the core API. */
export function serveSecrets(call: ApiCall): Reply | undefined {
  const { cluster, info } = call;
  return serveObjects(call, {
    kind: 'Secret',
    apiVersion: 'v1',
    objects: cluster.secrets,
    show: ({ data, type, immutable }) => ({
      ...(Object.keys(data).length === 0 ? {} : { data }),
      type,
      ...(immutable === undefined ? {} : { immutable }),
    }),
    read: (meta, { fields }, before) => {
      const given = (fields.data ?? {}) as Record<string, string>;
      const plain = Object.entries((fields.stringData ?? {}) as Record<string, string>);
      const secret: Secret = {
        ...meta,
        namespace: info.namespace ?? '',
        type: String(fields.type ?? 'Opaque'),
        data: {
          ...given,
          ...Object.fromEntries(plain.map(([key, text]) => [key, Buffer.from(text).toString('base64')])),
        },
        ...(typeof fields.immutable === 'boolean' ? { immutable: fields.immutable } : {}),
      };
      return refuseChange(secret, before) ?? refuseSecret(secret) ?? secret;
    },
    create: (secret) => storeSecret(call, secret),
    update: (secret) => void cluster.secrets.set(objectKey(secret), secret),
    remove: (secret) => void cluster.secrets.delete(objectKey(secret)),
  });
}

/** Where the types keep logins of registries. */
const LOGIN_KEYS: Readonly<Record<string, string>> = {
  [DOCKER_CONFIG_SECRET]: '.dockerconfigjson',
  [DOCKERCFG_SECRET]: '.dockercfg',
};

/** What stays as it was made (kubernetes 1.34, pkg/apis/core/validation, ValidateSecretUpdate). */
function refuseChange(secret: Secret, before: Secret | undefined): Reply | undefined {
  if (before === undefined) return undefined;
  const refuse = (field: string, reason: 'FieldValueForbidden' | 'FieldValueInvalid', message: string) =>
    invalid('', 'Secret', secret.name, { field, reason, message });
  if (secret.type !== before.type) {
    const message = `Invalid value: ${JSON.stringify(secret.type)}: field is immutable`;
    return refuse('type', 'FieldValueInvalid', message);
  }
  if (before.immutable !== true) return undefined;
  const forbidden = 'Forbidden: field is immutable when `immutable` is set';
  if (secret.immutable !== true) return refuse('immutable', 'FieldValueForbidden', forbidden);
  const isSame = isDeepStrictEqual({ ...secret.data }, { ...before.data });
  return isSame ? undefined : refuse('data', 'FieldValueForbidden', forbidden);
}

/** What the types promise about their content (ValidateSecret in the same place). */
function refuseSecret(secret: Secret): Reply | undefined {
  const required = (field: string) =>
    invalid('', 'Secret', secret.name, { field, reason: 'FieldValueRequired', message: 'Required value' });
  if (secret.type === TOKEN_SECRET && tokenSecretAccountName(secret) === undefined) {
    return required('metadata.annotations[kubernetes.io/service-account.name]');
  }
  const key = LOGIN_KEYS[secret.type];
  if (key === undefined) return undefined;
  const text = secret.data[key];
  if (text === undefined) return required(`data[${key}]`);
  const value = readJson(Buffer.from(text, 'base64'));
  if (typeof value === 'object' && !Array.isArray(value)) return undefined;
  const message = 'Invalid value: "<secret contents redacted>": it is no JSON object';
  return invalid('', 'Secret', secret.name, { field: `data[${key}]`, reason: 'FieldValueInvalid', message });
}

/** The token controller fills a token secret, or removes it if there is no such account. */
function storeSecret({ cluster }: ApiCall, secret: Secret): void {
  if (secret.type !== TOKEN_SECRET) {
    cluster.secrets.set(objectKey(secret), secret);
    return;
  }
  const account = cluster.serviceAccounts.get(`${secret.namespace}/${tokenSecretAccountName(secret)}`);
  if (account !== undefined) fillTokenSecret(cluster, account, secret);
}
