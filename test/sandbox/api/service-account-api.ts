import type { SecretReference } from '../cluster/objects.ts';
import { addServiceAccount, removeServiceAccount } from '../cluster/service-accounts.ts';
import type { Reply } from '../http/message.ts';
import type { ApiCall } from './api-call.ts';
import { serveObjects } from './object-api.ts';
import { serveTokenRequest } from './token-request.ts';

/** `serviceaccounts` of the core API, and their `token`. */
export function serveServiceAccounts(call: ApiCall): Reply | undefined {
  const { cluster, info } = call;
  if (info.subresource === 'token') return serveTokenRequest(call);
  return serveObjects(call, {
    kind: 'ServiceAccount',
    apiVersion: 'v1',
    objects: cluster.serviceAccounts,
    show: ({ secrets, imagePullSecrets }) => ({
      ...(secrets.length === 0 ? {} : { secrets }),
      ...(imagePullSecrets.length === 0 ? {} : { imagePullSecrets }),
    }),
    read: (meta, { fields }) => ({
      ...meta,
      namespace: info.namespace ?? '',
      secrets: readReferences(fields.secrets),
      imagePullSecrets: readReferences(fields.imagePullSecrets),
    }),
    create: (account) => void addServiceAccount(cluster, account),
    remove: (account) => removeServiceAccount(cluster, account),
    answersWithDeleted: true,
  });
}

function readReferences(value: unknown): SecretReference[] {
  return ((value ?? []) as readonly SecretReference[]).map(({ name }) => ({ name }));
}
