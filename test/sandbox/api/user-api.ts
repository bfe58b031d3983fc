import { formatTime } from '../clock.ts';
import type { User } from '../cluster/objects.ts';
import { jsonReply } from '../http/message.ts';
import { type ApiCall, type ApiGroup, listReply } from './api-call.ts';
import { serveGroups } from './group-api.ts';
import { managedFields } from './managed-fields.ts';
import { methodNotAllowed, notFound } from './status.ts';

const API_VERSION = 'user.openshift.io/v1';

/** `user.openshift.io`: who am I (`users/~`), and for administrators users and groups. */
export const serveUserApi: ApiGroup = (call) => {
  const { cluster, info } = call;
  if (info.version === 'v1' && info.resource === 'groups') return serveGroups(call);
  if (info.version !== 'v1' || info.resource !== 'users') return undefined;
  if (info.verb === 'list') {
    const items = [...cluster.users.values()].filter(isObject).map((user) => userObject(user));
    return listReply(call, 'UserList', API_VERSION, items);
  }
  if (info.verb !== 'get') return methodNotAllowed();
  const kind = { kind: 'User', apiVersion: API_VERSION };
  if (info.name === '~') return jsonReply(200, { ...kind, ...whoAmI(call) });
  const user = cluster.users.get(info.name ?? '');
  return user === undefined || !isObject(user)
    ? notFound(info)
    : jsonReply(200, { ...kind, ...userObject(user), groups: [] });
};

function whoAmI({ cluster, identity }: ApiCall): object {
  // A virtual user lists its groups; a User object only what a login adds to it.
  const groups = [...identity.groups].sort();
  const user = cluster.users.get(identity.name);
  if (user !== undefined && isObject(user)) return { ...userObject(user), groups };
  return { metadata: { name: identity.name, creationTimestamp: null }, groups };
}

function isObject(user: User): boolean {
  return user.name !== 'kube:admin';
}

function userObject(user: User) {
  const time = formatTime(user.createdMs);
  return {
    metadata: {
      name: user.name,
      uid: user.uid,
      resourceVersion: user.resourceVersion,
      creationTimestamp: time,
      managedFields: managedFields('oauth-server', API_VERSION, time, { 'f:identities': {} }),
    },
    identities: [`htpasswd:${user.name}`],
  };
}
