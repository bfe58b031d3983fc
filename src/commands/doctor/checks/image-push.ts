import { shellQuoted } from '../../../hosts/quoting.ts';
import { QCI_HOST } from '../../../registry/catalogue.ts';
import type { CheckContext } from '../check.ts';
import type { Finding } from '../finding.ts';
import type { Login, Right } from '../network-state.ts';

export interface ImagePushPorts {
  loginOf(host: string): Promise<Login>;
  /** Asks the host's cluster whether its user may push (`update imagestreams/layers`). */
  mayPush(host: string, namespace: string, name: string): Promise<Right>;
}

/** Whether the image may be pushed. Most people only pull: that they may not push is no fault. */
export async function imagePush(
  ports: ImagePushPorts,
  { subject }: Pick<CheckContext, 'subject'>,
): Promise<readonly Finding[]> {
  if (subject.kind !== 'image' || subject.host === QCI_HOST) return [];
  const { host, image } = subject;
  const [namespace = '', name, more] = image.repository.split('/');
  const login = await ports.loginOf(host);
  if (login.kind === 'none' || name === undefined || more !== undefined) return [];
  const right = await ports.mayPush(host, namespace, name);
  const user = login.username;
  const what = `${image.registry}/${namespace}/${name}`;
  if (right === 'yes') return [{ status: 'ok', host, user, saw: `${user} may push ${what}` }];
  if (right !== 'no')
    return [
      {
        status: 'skipped',
        host,
        user,
        saw: `Whether ${user} may push ${what} is not known: ${right.unknown}`,
      },
    ];
  return [
    {
      status: 'note',
      host,
      user,
      saw: `${user} may not push ${what}`,
      why: 'The right to update imagestreams/layers is missing; whoever administers the namespace can grant it',
      mend: `oc policy add-role-to-user system:image-builder ${shellQuoted(user)} -n ${shellQuoted(namespace)}`,
    },
  ];
}
