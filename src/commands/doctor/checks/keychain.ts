import type { KeychainHealth, SecretPlace, StoredLogin } from '../../../hosts/secret-store.ts';
import { type Finding, fixText } from '../finding.ts';

export interface KeychainPorts {
  /** Within a second, and without a dialogue. */
  keychainHealth(): Promise<KeychainHealth>;
  /** What people stored with `docker login` or `podman login`; no keychain is asked. */
  storedLogins(): readonly Pick<StoredLogin, 'host' | 'where'>[];
  /** Where the config wants such logins. */
  secretPlace(): Promise<SecretPlace>;
  /** Hosts of which a login that was erased is still in the keychain; none is asked. */
  leftOver(): readonly string[];
  /** Our config file; null: there is no place for one. */
  readonly configFile: string | null;
}

/** The system's keychain, in which typed logins are kept. */
export async function keychain(ports: KeychainPorts): Promise<readonly Finding[]> {
  const kept = ports.storedLogins().filter(({ where }) => where === 'keychain');
  const left = ports.leftOver();
  if ((await ports.secretPlace()) === 'file' && kept.length === 0 && left.length === 0) {
    return [{ status: 'ok', saw: 'Typed logins are kept in private files, as the config says' }];
  }
  const health = await ports.keychainHealth();
  if (health.kind !== 'ok') {
    const hosts = kept.map(({ host }) => host).join(', ');
    const why =
      kept.length === 0
        ? 'docker login and podman login have nowhere to keep what is typed; tokens of clusters need no keychain'
        : `The logins that were typed for ${hosts} can't be read`;
    return [
      {
        status: kept.length === 0 ? 'note' : 'problem',
        saw: capitalised(health.message),
        why,
        mend: `${fixText(health.fix)}${orFiles(ports.configFile)}`,
      },
      ...left.map(leftOver),
    ];
  }
  return left.length === 0 ? [{ status: 'ok', saw: 'The keychain answers' }] : left.map(leftOver);
}

/** Engines ask the helper only where their files name it, and our own `logout` would keep later logins from answering. */
function leftOver(host: string): Finding {
  return {
    status: 'warning',
    host,
    saw: `A login for ${host} that was erased is still in the keychain`,
    why: 'It could not be taken out then; it is answered no more, and goes once the keychain is open',
    mend: `echo ${host} | docker-credential-openshift erase`,
  };
}

/** Where nobody logs in to a desktop there is no keychain to come. */
function orFiles(configFile: string | null): string {
  if (configFile === null) return '';
  return ` Or keep what is typed in private files: put the line \`secrets: file\` into ${configFile}, and log in again.`;
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
