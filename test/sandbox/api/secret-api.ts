import { objectKey, type Secret } from '../cluster/objects.ts';
import {
  DOCKERCFG_SECRET,
  fillTokenSecret,
  TOKEN_SECRET,
  tokenSecretAccountName,
} from '../cluster/service-accounts.ts';
import type { Reply } from '../http/message.ts';
import type { ApiCall } from './api-call.ts';
import { serveObjects } from './object-api.ts';
import { invalid } from './status.ts';

/** `secrets` of the core API. */
export function serveSecrets(call: ApiCall): Reply | undefined {
  const { cluster, info } = call;
  return serveObjects(call, {
    kind: 'Secret',
    apiVersion: 'v1',
    objects: cluster.secrets,
    show: ({ data, type }) => ({ ...(Object.keys(data).length === 0 ? {} : { data }), type }),
    read: (meta, { fields }) => {
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
      };
      return refuseSecret(secret) ?? secret;
    },
    create: (secret) => storeSecret(call, secret),
    remove: (secret) => void cluster.secrets.delete(objectKey(secret)),
  });
}

/** What the types promise about their content. */
function refuseSecret(secret: Secret): Reply | undefined {
  const required = (field: string) =>
    invalid('', 'Secret', secret.name, { field, reason: 'FieldValueRequired', message: 'Required value' });
  if (secret.type === TOKEN_SECRET && tokenSecretAccountName(secret) === undefined) {
    return required('metadata.annotations[kubernetes.io/service-account.name]');
  }
  if (secret.type === DOCKERCFG_SECRET && secret.data['.dockercfg'] === undefined) {
    return required('data[.dockercfg]');
  }
  return undefined;
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
