import type { ImageReference } from '../registry/image-reference.ts';
import { apiHost } from '../registry/server-url.ts';
import {
  askForLogin,
  askForManifest,
  type LoginReply,
  type ManifestReply,
  type Send,
} from './ask-registry.ts';
import type { BoundedRequests, Surroundings } from './bounded-requests.ts';
import type { Connection } from './connection.ts';
import { type Contact, contact } from './contact.ts';

/** A user name and a password, or a token in its place. */
interface SentLogin {
  readonly username: string;
  readonly secret: string;
}

/** What can be asked of registries. */
export interface RegistryQuestions {
  /** Asks for `/v2/`, without a login; trusts what the helper itself trusts. */
  registryContact(host: string): Promise<Contact>;
  /** The same, trusting the system's roots and these authorities alone, in PEM. */
  contactTrusting(host: string, authorities: readonly string[]): Promise<Contact>;
  /**
   * What the registry says of a login, where engines take it.
   * @param goesTo left out: it goes to the registry itself and to nobody else
   */
  askLogin(host: string, login: SentLogin, goesTo?: 'its realm'): Promise<LoginReply>;
  /** Asks for an image's manifest; without a login: as nobody. */
  manifestWith(host: string, image: ImageReference, login: SentLogin | undefined): Promise<ManifestReply>;
}

/** Asks registries, each for its contact once. */
export function createRegistryQuestions(
  ports: Pick<Surroundings, 'nowMs' | 'env'> &
    BoundedRequests & {
      /**
       * How the helper itself reaches a registry.
       * @param secret what is going to be sent there: what is not a token of the cluster that the host is linked to goes by the
       *   system's trust and the environment's proxy alone, whatever a kubeconfig says
       */
      connectionOf(host: string, secret: string | undefined): Promise<Connection>;
    },
): RegistryQuestions {
  const { connectionOf, rootsOrFault } = ports;
  const contacts = new Map<string, Promise<Contact>>();
  const ask = (host: string, by: Connection): Promise<Contact> => {
    const key = `${host} ${by.ca} ${by.proxyUrl}`;
    const asked = contacts.get(key) ?? contact(new URL(`https://${apiHost(host)}/v2/`), by, ports);
    contacts.set(key, asked);
    return asked;
  };
  const registryContact = async (host: string) => ask(host, await connectionOf(host, undefined));
  const sendTo =
    (connection: Connection): Send =>
    (url, headers, method) =>
      ports.send(url, connection, headers, undefined, method);
  return {
    registryContact,
    contactTrusting: async (host, authorities) => {
      const roots = authorities.length === 0 ? [] : await rootsOrFault();
      const pems = [...(typeof roots === 'string' ? [] : roots), ...authorities];
      const ca = authorities.length === 0 ? undefined : pems.join('\n');
      return ask(host, { ...(await connectionOf(host, undefined)), ca });
    },
    askLogin: async (host, { username, secret }, goesTo) => {
      const connection = await connectionOf(host, secret);
      const reached = await ask(host, connection);
      if (reached.kind === 'none') return { kind: 'unknown', detail: reached.detail };
      const { status, challenge } = reached;
      if (status >= 500) return { kind: 'failing', status };
      if (status !== 401 || challenge === undefined) {
        return { kind: 'unknown', detail: `it asked for no login (/v2/: ${status})` };
      }
      const login = { username, token: secret };
      return askForLogin(apiHost(host), challenge, login, goesTo ?? 'itself', sendTo(connection));
    },
    manifestWith: async (host, image, login) => {
      const connection = await connectionOf(host, login?.secret);
      const reached = await ask(host, connection);
      if (reached.kind === 'none') return { kind: 'unknown', detail: reached.detail };
      const { repository, digest, tag = 'latest' } = image;
      const asked = { host: apiHost(host), repository, reference: digest ?? tag };
      const sent = login === undefined ? undefined : { username: login.username, token: login.secret };
      return askForManifest(asked, sent, sendTo(connection));
    },
  };
}
