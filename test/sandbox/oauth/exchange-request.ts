import { basic, type ClientResponse, send } from '../https-client.ts';
import type { Sandbox } from '../sandbox.ts';

/** Asks for the token of a browser login's code; `client`: whose name and empty secret stand in the header. */
export function exchange(
  sandbox: Sandbox,
  values: Readonly<Record<string, string>>,
  client = 'openshift-cli-client',
): Promise<ClientResponse> {
  const form = new URLSearchParams({
    grant_type: 'authorization_code',
    redirect_uri: 'http://127.0.0.1:43210/callback',
    ...values,
  });
  return send(`${sandbox.oauthUrl}/oauth/token`, {
    caPem: sandbox.ingressCaPem,
    method: 'POST',
    headers: { Authorization: basic(client, ''), 'Content-Type': 'application/x-www-form-urlencoded' },
    body: form.toString(),
  });
}
