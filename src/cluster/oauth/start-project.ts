import { listIn, objectIn, parseObject, textIn } from '../reply-fields.ts';
import type { LoginAccess } from './login-access.ts';

/**
 * The project that a new context starts in, as `oc login` chooses: `default` for whoever may see it, else the first by
 * name (openshift/oc, pkg/cli/login).
 * @returns empty: the person has none; undefined: it could not be asked
 */
export async function startProject(
  server: string,
  token: string,
  { askApi }: Pick<LoginAccess, 'askApi'>,
): Promise<string | undefined> {
  const url = new URL(`${server}/apis/project.openshift.io/v1/projects`);
  const headers = { authorization: `Bearer ${token}`, accept: 'application/json' };
  const reply = await askApi({ method: 'GET', url, headers });
  if (reply.status !== 200) return undefined;
  const names = listIn(parseObject(reply.body), 'items').flatMap((item) =>
    typeof item === 'object' && item !== null ? (textIn(objectIn(item, 'metadata'), 'name') ?? []) : [],
  );
  return names.includes('default') ? 'default' : (names.sort()[0] ?? '');
}
