import { objectKey } from '../cluster/objects.ts';
import type { Reply } from '../http/message.ts';
import type { ApiCall } from './api-call.ts';
import { serveObjects } from './object-api.ts';

/** `groups` of `user.openshift.io`: their members get what the group was granted. */
export function serveGroups(call: ApiCall): Reply | undefined {
  const { groups } = call.cluster;
  return serveObjects(call, {
    kind: 'Group',
    apiVersion: 'user.openshift.io/v1',
    objects: groups,
    show: ({ users }) => ({ users }),
    read: (meta, { fields }) => ({ ...meta, users: (fields.users ?? []) as string[] }),
    create: (group) => void groups.set(objectKey(group), group),
  });
}
