import { basic, send } from '../https-client.ts';
import type { Sandbox } from '../sandbox.ts';
import { readTranscript, transcriptNames } from '../transcript.ts';
import type { Placeholders } from '../transcript-placeholders.ts';
import { authorizePath, createPkcePair } from './authorize-request.ts';
import { openBrowser } from './browser.ts';
import { defaultPassword } from './identity-providers.ts';

const PASSWORD = defaultPassword('alice');
const SAME_CODE = [
  ...['wrong-verifier', 'no-verifier', 'redirect-uri-mismatch', 'wrong-client', 'client-id-in-form-only'],
  ...['client-id-and-empty-secret-in-form', 'after-failed-attempts'],
];

/** The recorded logins, in an order in which codes, cookies and tokens come before they are used. */
export const LOGIN_TRANSCRIPTS: readonly string[] = [
  ...['minimal-query', 'no-csrf-header', 'no-csrf-header-with-password', 'wrong-password'].map(authorize),
  ...['bad-redirect-uri', 'unknown-client', 'implicit-token', 'right-password'].map(authorize),
  'challenge-token-wrong-verifier',
  'challenge-token-after-wrong-verifier',
  'challenge-token-code-replayed',
  'challenge-token-client-id-in-form',
  'challenge-authorize-password-with-existing-bearer',
  ...['1-authorize', '2-login-page', '3-login-post', '4-follow'].map((step) => `web-login-${step}`),
  'web-login-second-authorize-same-cookies',
  'web-login-token-ok',
  ...SAME_CODE.map((attempt) => `web-login-token-${attempt}`),
  'web-login-token-bogus-code',
  ...transcriptNames().filter((name) => /^web-(login-wrong-password|authorize)-/.test(name)),
  'web-login-token-scope-user-info',
  'web-login-token-no-pkce-at-all',
  ...transcriptNames().filter((name) => /^web-prompt-client-\d/.test(name)),
  'web-prompt-client-deny-post',
  'web-prompt-client-deny-follow-1',
  ...transcriptNames().filter((name) => name.startsWith('oauth-page-')),
];

/** Verifiers, states and the like that the clients chose, and what they had got before the first transcript. */
export async function loginPlaceholders(sandbox: Sandbox): Promise<Placeholders> {
  const values: Record<string, string> = {
    ALICE_PASSWORD: PASSWORD,
    OTHER_TOKEN_OBJECT: `sha256~${createPkcePair().verifier}`,
    ...clientChoices(LOGIN_TRANSCRIPTS),
  };
  values.AUTHZ_CODE_2 = await challengeCode(sandbox, values.PKCE_CHALLENGE_2 ?? '');
  values.AUTHZ_CODE_W3 = await browserCode(sandbox, values.PKCE_CHALLENGE_W3 ?? '');
  for (const flow of openedFlows()) {
    const { cookies } = await loggedIn(sandbox);
    values[`COOKIE_CSRF_${flow}`] = cookies.get('csrf') ?? '';
    values[`COOKIE_SSN_${flow}`] = cookies.get('ssn') ?? '';
  }
  return values;
}

/** Values for the PKCE pairs and states of these transcripts. */
export function clientChoices(names: readonly string[]): Record<string, string> {
  const values: Record<string, string> = {};
  for (const name of names) {
    const { path, body } = readTranscript(name).request;
    for (const [, kind = '', flow = ''] of `${path} ${body}`.matchAll(
      /\{\{(PKCE_CHALLENGE|PKCE_VERIFIER|STATE)_(\w+?)\}\}/g,
    )) {
      if (kind === 'STATE') values[`STATE_${flow}`] ??= createPkcePair().verifier;
      else if (values[`PKCE_VERIFIER_${flow}`] === undefined) {
        const { verifier, challenge } = createPkcePair();
        values[`PKCE_VERIFIER_${flow}`] = verifier;
        values[`PKCE_CHALLENGE_${flow}`] = challenge;
      }
    }
  }
  return values;
}

function authorize(attempt: string): string {
  return `challenge-authorize-${attempt}`;
}

/** The flows of which only the last exchange was recorded: they begin with a login. */
function openedFlows(): string[] {
  const flows = LOGIN_TRANSCRIPTS.filter((name) => name.startsWith('web-authorize-')).flatMap((name) =>
    readTranscript(name).request.headers.map(([, value]) => /\{\{COOKIE_CSRF_(\w+)\}\}/.exec(value)?.[1]),
  );
  return flows.filter((flow) => flow !== undefined);
}

async function challengeCode(sandbox: Sandbox, code_challenge: string): Promise<string> {
  const redirect_uri = `${sandbox.oauthUrl}/oauth/token/implicit`;
  const path = authorizePath({
    client_id: 'openshift-challenging-client',
    redirect_uri,
    code_challenge,
    code_challenge_method: 'S256',
  });
  const headers = { 'X-CSRF-Token': '1', Authorization: basic('alice', PASSWORD) };
  const answer = await send(`${sandbox.oauthUrl}${path}`, { caPem: sandbox.ingressCaPem, headers });
  return codeOf(answer.header('Location'));
}

async function browserCode(sandbox: Sandbox, code_challenge: string): Promise<string> {
  const browser = await loggedIn(sandbox);
  const answer = await browser.get(authorizePath({ code_challenge, code_challenge_method: 'S256' }));
  return codeOf(answer.header('Location'));
}

async function loggedIn(sandbox: Sandbox) {
  const browser = openBrowser(sandbox);
  await browser.get('/login?then=%2Foauth%2Fauthorize');
  await browser.submit({ username: 'alice', password: PASSWORD });
  return browser;
}

function codeOf(location: string | undefined): string {
  const code = new URL(location ?? 'none:').searchParams.get('code');
  if (code === null) throw new Error(`no code: ${location}`);
  return code;
}
