import { isAlteration } from './http/alterations.ts';
import type { EndpointFault } from './http/endpoint-switches.ts';
import { endpointNames } from './http/endpoints.ts';
import { type Fault, PROMPT_FAULTS, STALLS } from './http/faults.ts';
import type { ServerName } from './http/message.ts';
import type { Sandbox } from './sandbox.ts';

export const HELP = `Commands:
  expire [alice|bob|puller]     end a token as if its life were over (default: alice)
  revoke [alice|bob|puller]     end a token as a logout does (default: alice)
  renew [alice|bob|puller]      issue a new token and write it to its files (default: alice)
  fault SERVER FAULT            SERVER: api, oauth, registry; FAULT: 401, 403, 404, 409, 422, 429, 500, 503,
                                stall, stall-handshake, stall-after-headers, drip, reset, garbage, html,
                                huge-body, truncated, too-many-requests, shutting-down, redirect=URL
  recover                       no more faults and outages
  outage on|off                 oauth-apiserver down, or up again
  endpoint ENDPOINT FAULT       the same for one endpoint, or none to end it; ENDPOINT: tokenrequest, users-me,
                                useroauthaccesstokens, imagestreams, registry-token, oauth-metadata, authorize,
                                login, oauth-token, revocation; FAULT also: no-token, past-expiry,
                                foreign-issuer, foreign-endpoints, plain-http
  approval auto|prompt|deny     whether a browser login is let in, asked about (with a Deny button), or denied
  close SERVER, reopen SERVER   refuse connections, or accept them again
  requests                      what was received since the last time; never shows a token
  help, quit
`;

const SERVERS: readonly ServerName[] = ['api', 'oauth', 'registry'];
const FAULTS: readonly Fault[] = [...STALLS, ...PROMPT_FAULTS];

/** What the commands act on besides the sandbox itself. */
export interface CommandContext {
  readonly sandbox: Sandbox;
  /** The current token of `alice`, `bob` or `puller`; undefined: no such holder. */
  token(holder: string): string | undefined;
  /** Issues a new token for a holder and writes it where the old one was. */
  renew(holder: string): Promise<void>;
}

/** Carries out one line and returns what to print; undefined: quit. */
export async function runCommand(context: CommandContext, line: string): Promise<string | undefined> {
  const { sandbox } = context;
  const [command = '', first = '', second = ''] = line.trim().split(/\s+/);
  switch (command) {
    case '':
      return '';
    case 'expire':
    case 'revoke':
    case 'renew': {
      const holder = first === '' ? 'alice' : first;
      const token = context.token(holder);
      if (token === undefined) return `nobody called ${holder}; known: alice, bob, puller\n`;
      if (command === 'renew') await context.renew(holder);
      else sandbox[command](token);
      return `${command}: the token of ${holder}\n`;
    }
    case 'fault': {
      const fault = readFault(second);
      if (!isServer(first) || fault === undefined) return `fault SERVER FAULT; see help\n`;
      sandbox.setFault(first, fault);
      return `${first}: ${second}\n`;
    }
    case 'recover':
      for (const server of SERVERS) sandbox.setFault(server, null);
      for (const endpoint of endpointNames()) sandbox.setEndpointFault(endpoint, null);
      sandbox.setOutage({ validationDown: false, apiDown: false });
      return 'healed\n';
    case 'outage':
      if (first !== 'on' && first !== 'off') return 'outage on|off\n';
      sandbox.setOutage({ validationDown: first === 'on' });
      return `oauth-apiserver is ${first === 'on' ? 'down' : 'up'}\n`;
    case 'endpoint': {
      const endpoint = endpointNames().find((name) => name === first);
      const fault = readEndpointFault(second);
      if (endpoint === undefined || fault === undefined) return 'endpoint ENDPOINT FAULT; see help\n';
      sandbox.setEndpointFault(endpoint, fault);
      return `${first}: ${second}\n`;
    }
    case 'approval':
      if (first !== 'auto' && first !== 'prompt' && first !== 'deny') return 'approval auto|prompt|deny\n';
      if (sandbox.cluster.mode === 'okd-3.11') return 'OKD 3.11 has no browser login for clients\n';
      sandbox.oauth.setGrantMethod('openshift-cli-client', first);
      return `approval: ${first}\n`;
    case 'close':
    case 'reopen':
      if (!isServer(first)) return `${command} SERVER; see help\n`;
      await sandbox[command](first);
      return `${command}: ${first}\n`;
    case 'requests': {
      const lines = sandbox.requests.map(
        (request) => `${request.server} ${request.method} ${request.path}\n`,
      );
      sandbox.clearRequests();
      // A query can hold a token (`/oauth/info?code=…`); object names are no secrets but look like one.
      return lines.join('').replace(/sha256~[\w-]+|(?<=[?&]code=)[^&\n]+/g, '…');
    }
    case 'quit':
      return undefined;
    default:
      return HELP;
  }
}

function isServer(name: string): name is ServerName {
  return SERVERS.some((server) => server === name);
}

function readEndpointFault(text: string): EndpointFault | null | undefined {
  if (text === 'none') return null;
  if (isAlteration(text)) return text;
  const fault = readFault(text);
  return fault === 'stall-handshake' || fault === 'reset' ? undefined : fault;
}

function readFault(text: string): Fault | undefined {
  const [, redirect] = /^redirect=(.+)$/.exec(text) ?? [];
  return redirect === undefined ? FAULTS.find((fault) => String(fault) === text) : { redirect };
}
