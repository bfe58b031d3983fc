import type { IncomingHttpHeaders } from 'node:http';
import { Agent, type AgentOptions, request } from 'node:https';
import { isIP } from 'node:net';
import { checkServerIdentity } from 'node:tls';
import { HttpsProxyAgent } from 'hpagent';
import type { Connection } from './connection.ts';

/** What came of a request. */
export interface Reply {
  /** HTTP's; 0: there was no answer. */
  readonly status: number;
  readonly body: string;
  /** The server's clock, in ms since the epoch; undefined without a `Date`. */
  readonly dateMs: number | undefined;
  /** The answer's headers, by their names in lower case; absent without an answer. */
  readonly headers?: IncomingHttpHeaders;
  /** Why there was no answer, in a few words without a secret; empty if there was one. */
  readonly detail: string;
  /** The system's or TLS's name of what was wrong, where it has one: `ECONNREFUSED`, `CERT_HAS_EXPIRED`. */
  readonly code?: string;
  /** There was no answer because the time ran out, rather than because somebody said no. */
  readonly timedOut: boolean;
  /** How long was waited, where the time ran out. */
  readonly afterMs?: number;
  /** There was no answer because nothing is to be reached there, rather than because what is there is wrong. */
  readonly away?: true;
  /** Until when the server asks to be left alone, by this machine's clock; the answer may be the one that it gave before. */
  readonly pausedUntilMs?: number;
}

export interface Request {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** The time for all of it. */
  readonly timeoutMs: number;
  /** The time until there is a connection. */
  readonly connectTimeoutMs: number;
  /** Called once there is a connection, at the latest with the answer. */
  connected?(): void;
}

/** A list of a thousand image streams is smaller. */
const LARGEST_BODY = 4 * 1024 * 1024;
/** In pieces of a kilobyte it would be four thousand: each takes the processor as long, however small it is. */
const MOST_PIECES = 20_000;

/**
 * Sends one request over verified TLS. Redirects are answers like any other: a token is never carried on.
 * @param connection without a fault
 * @param proxyUrl an http, https or socks proxy, or undefined
 * @param roots the system's roots in PEM, where the connection names no CA of its own
 * @returns the reply, or why there is none; never throws
 */
export async function sendRequest(
  { method, url, headers, body, timeoutMs, connectTimeoutMs, connected }: Request,
  connection: Connection,
  proxyUrl: string | undefined,
  roots: readonly string[],
): Promise<Reply> {
  const tls: AgentOptions = {
    ca: connection.ca === undefined ? [...roots] : connection.ca,
    rejectUnauthorized: !connection.insecure,
    ...connection.clientCertificate,
    ...serverName(connection.tlsServerName),
  };
  let agent: Agent;
  try {
    agent = await agentFor(proxyUrl, tls);
  } catch {
    // A proxy's URL that is none; it may hold a password, so it is not repeated.
    return noAnswer("the proxy's URL can't be used");
  }
  return new Promise<Reply>((resolve) => {
    const sent = request(url, { method, agent, headers, ...tls }, (response) => {
      // Behind a proxy the connection may have been there before anybody could wait for it.
      isConnected();
      let text = '';
      let pieces = 0;
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
        pieces += 1;
        if (text.length > LARGEST_BODY || pieces > MOST_PIECES) finish(noAnswer('its answer is too long'));
      });
      response.on('error', (error) => finish(noReply(error)));
      response.on('end', () => {
        const dateMs = Date.parse(response.headers.date ?? '');
        if (!response.statusCode) return finish(noAnswer(NO_HTTP));
        finish({
          status: response.statusCode,
          body: text,
          dateMs: Number.isNaN(dateMs) ? undefined : dateMs,
          headers: response.headers,
          detail: '',
          timedOut: false,
        });
      });
    });
    const limit = setTimeout(() => finish(late(timeoutMs)), timeoutMs);
    const connecting = setTimeout(
      () => finish(late(connectTimeoutMs)),
      Math.min(connectTimeoutMs, timeoutMs),
    );
    const finish = (outcome: Reply): void => {
      clearTimeout(limit);
      clearTimeout(connecting);
      sent.destroy();
      resolve(outcome);
    };
    let isNew = true;
    const isConnected = (): void => {
      clearTimeout(connecting);
      if (isNew) connected?.();
      isNew = false;
    };
    sent.on('socket', (socket) => socket.once('secureConnect', isConnected));
    sent.on('error', (error) => finish(noReply(error)));
    sent.end(body);
  }).catch((error: Error) => noReply(error));
}

/**
 * Under which name the server's certificate is checked. An address is no name to ask a server for (RFC 6066, section 3):
 * as in Go, none is sent then, and the certificate must be for that address.
 */
function serverName(name: string | undefined): AgentOptions {
  if (name === undefined || isIP(name) === 0) return name === undefined ? {} : { servername: name };
  return {
    servername: '',
    checkServerIdentity: (_host, certificate) => checkServerIdentity(name, certificate),
  };
}

async function agentFor(proxyUrl: string | undefined, tls: AgentOptions): Promise<Agent> {
  if (proxyUrl === undefined) return new Agent(tls);
  const proxy = new URL(proxyUrl);
  if (proxy.protocol.startsWith('socks')) {
    const { SocksProxyAgent } = await import('socks-proxy-agent');
    // As client-go does it (x/net/proxy), the proxy looks the name up: behind a jump host nobody else may know it.
    const byProxy = proxy.href.replace(/^socks5:/, 'socks5h:');
    return new SocksProxyAgent(byProxy, tls) as unknown as Agent;
  }
  if (proxy.protocol !== 'http:' && proxy.protocol !== 'https:') throw new TypeError('no proxy');
  return new HttpsProxyAgent({ ...tls, proxy: proxy.href });
}

function late(afterMs: number): Reply {
  // What was left of a deadline is no round number.
  const detail = `no answer within ${Math.max(0.01, Math.round(afterMs / 10) / 100)} s`;
  return { ...noAnswer(detail, true), afterMs };
}

const UNTRUSTED = 'its certificate is not trusted';
const CAUSES: Record<string, string> = {
  ENOTFOUND: 'its name was not found in DNS',
  EAI_AGAIN: 'its name could not be looked up',
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset',
  ENETUNREACH: 'the network is unreachable',
  EHOSTUNREACH: 'the host is unreachable',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name',
  DEPTH_ZERO_SELF_SIGNED_CERT: UNTRUSTED,
  SELF_SIGNED_CERT_IN_CHAIN: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNTRUSTED,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNTRUSTED,
};

/** Who meets one of these meets it again a second later. A certificate or a proxy's URL may be fixed by then. */
const AWAY: readonly string[] = [
  'ENOTFOUND',
  'EAI_AGAIN',
  'ECONNREFUSED',
  'ENETUNREACH',
  'ENETDOWN',
  'EHOSTUNREACH',
  'EHOSTDOWN',
];

const NO_HTTP = 'its answer is not HTTP';

/** What is said where the authority that a connection names is no certificate. */
export const UNREADABLE_AUTHORITY = "a certificate to verify it by can't be read";

/** Whether nothing was sent since a certificate is of an authority that is not trusted. */
export function isUntrustedCertificate({ code = '' }: Pick<Reply, 'code'>): boolean {
  return CAUSES[code] === UNTRUSTED;
}

function causeOfKind(code: string): string | undefined {
  if (code.startsWith('HPE_')) return NO_HTTP;
  // OpenSSL's names, and the one of Bun's library for all of its own.
  if (/^ERR_(?:BORINGSSL$|OSSL_(?:PEM|ASN1|X509)_)/.test(code)) return UNREADABLE_AUTHORITY;
  return undefined;
}

/** How hpagent's error begins where a proxy does not connect; its status follows. */
const PROXY_ANSWERED = 'Bad response: ';

function noReply(error: Error): Reply {
  const { message: itsWords } = error;
  if (itsWords.startsWith(PROXY_ANSWERED)) {
    const status = itsWords.slice(PROXY_ANSWERED.length);
    // Beside the system's own, such as ECONNREFUSED.
    const code = `PROXY_${status}`;
    return { ...noAnswer(`the proxy answered ${status}`), code };
  }
  const code = (error as NodeJS.ErrnoException).code ?? '';
  const detail = CAUSES[code] ?? causeOfKind(code) ?? (code === '' ? 'no connection' : code);
  const reply = { ...noAnswer(detail, code === 'ETIMEDOUT'), ...(code === '' ? {} : { code }) };
  return AWAY.includes(code) ? { ...reply, away: true } : reply;
}

/** @returns the reply that stands for none; nobody is held to be away for it, unless the time ran out */
export function noAnswer(detail: string, timedOut = false): Reply {
  const reply = { status: 0, body: '', dateMs: undefined, detail, timedOut };
  return timedOut ? { ...reply, away: true } : reply;
}
