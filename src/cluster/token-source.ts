import { resolve } from 'node:path';
import { type ExecPlugin, givenToken, type TokenSource } from '../hosts/identity.ts';
import { loginCommand } from '../hosts/login-command.ts';
import { nameInSentence, shownName } from '../hosts/quoting.ts';
import type { Entry } from './kubeconfig/merge-kubeconfigs.ts';
import { type Fields, isFields, textField } from './kubeconfig/parse-kubeconfig.ts';

/** The ExecCredential versions that kubectl still knows (client-go, plugin/pkg/client/auth/exec). */
const EXEC_VERSION = /^client\.authentication\.k8s\.io\/v1(?:beta1)?$/;

/**
 * What a kubeconfig user proves itself with. A token file wins over a token, as in client-go.
 * @param user the user entry's name
 * @param entry undefined: there is none of this name
 * @param server the API server, normalised
 * @param context for the sentences
 */
export function tokenSource(
  user: string,
  entry: Entry | undefined,
  server: string,
  context: string,
): TokenSource {
  const none = (what: string): TokenSource => ({
    kind: 'none',
    reason: {
      code: 'no-token',
      why: `The context ${nameInSentence(context)} ${what}`,
      fix: { run: loginCommand(server, context) },
    },
  });
  if (!server.startsWith('https:')) return none(`reaches ${server} without TLS: no token is sent there`);
  if (entry === undefined)
    return none(user === '' ? 'names no user' : `names the user ${nameInSentence(user)}, who is not there`);
  const { fields, directory } = entry;
  const tokenFile = textField(fields, 'tokenFile');
  if (tokenFile !== undefined) return { kind: 'token-file', path: resolve(directory, tokenFile) };
  const token = textField(fields, 'token')?.trim();
  if (token !== undefined && token !== '') {
    // Anything else can't stand in a header.
    return /^[\x21-\x7e]+$/.test(token)
      ? { kind: 'token', token: givenToken(token) }
      : none('has a token that is none');
  }
  if (isFields(fields.exec)) {
    const plugin = readPlugin(fields.exec, directory);
    return typeof plugin === 'string' ? none(plugin) : { kind: 'exec', plugin };
  }
  if (hasCertificate(fields)) return { kind: 'client-certificate' };
  // kubectl signs in by it itself, each time anew where it is of the kind that client-go still has (oidc).
  if (isFields(fields['auth-provider'])) {
    const name = textField(fields['auth-provider'], 'name') ?? 'without a name';
    return none(`logs in by the auth provider ${nameInSentence(name)}, whose token only kubectl gets`);
  }
  if (fields.username !== undefined || fields.password !== undefined)
    return none('has a user name and a password, which no registry and no OpenShift 4 takes for a token');
  return none('has no token: it is logged out');
}

/** @returns the plugin, or what keeps it from being one */
function readPlugin(exec: Fields, directory: string): ExecPlugin | string {
  const apiVersion = textField(exec, 'apiVersion') ?? '';
  const command = textField(exec, 'command');
  if (command === undefined) return 'has an exec plugin without a command';
  if (!EXEC_VERSION.test(apiVersion)) {
    return `has an exec plugin of the version ${shownName(apiVersion)}: only client.authentication.k8s.io/v1 and v1beta1 are known`;
  }
  const env: Record<string, string> = {};
  for (const variable of listField(exec, 'env').filter(isFields)) {
    const name = textField(variable, 'name');
    if (name !== undefined && typeof variable.value === 'string') env[name] = variable.value;
  }
  return {
    apiVersion,
    command,
    args: listField(exec, 'args').map(String),
    env,
    directory,
    needsPerson: exec.interactiveMode === 'Always',
    wantsCluster: exec.provideClusterInfo === true,
    installHint: textField(exec, 'installHint'),
  };
}

function hasCertificate(fields: Fields): boolean {
  return fields['client-certificate'] !== undefined || fields['client-certificate-data'] !== undefined;
}

function listField(fields: Fields, name: string): readonly unknown[] {
  const value = fields[name];
  return Array.isArray(value) ? value : [];
}
