import type { ServerName } from './http/message.ts';
import { send } from './https-client.ts';
import type { Sandbox } from './sandbox.ts';
import { RECORDED_HOSTS, type Transcript, transcriptServer } from './transcript.ts';
import { assertSameAnswer } from './transcript-comparison.ts';

/** Values of placeholders, without the braces: `USER_TOKEN_VALID` → a token of the sandbox. */
export type Placeholders = Readonly<Record<string, string>>;

/** Sends a recorded request to a sandbox and fails unless the answer agrees with the recorded one. */
export async function replay(
  sandbox: Sandbox,
  placeholders: Placeholders,
  transcript: Transcript,
): Promise<void> {
  const hosts: Record<ServerName, string> = {
    api: new URL(sandbox.apiUrl).host,
    oauth: new URL(sandbox.oauthUrl).host,
    registry: sandbox.registryHost,
  };
  const server = transcriptServer(transcript);
  const fill = (text: string) => fillPlaceholders(text, placeholders);
  const { method, path, headers, body } = transcript.request;
  const answer = await send(`https://${hosts[server]}${fill(path)}`, {
    caPem: sandbox.caPem,
    method,
    headers: Object.fromEntries(headers.map(([name, value]) => [name, fill(value)])),
    ...(body === null ? {} : { body: fill(body) }),
    // The recorder showed the administrator's certificate where the name says so.
    ...(/-admin(-client)?-cert$/.test(transcript.name)
      ? { clientCertificate: await sandbox.issueClientCertificate('system:admin', ['system:masters']) }
      : {}),
  });
  assertSameAnswer(transcript, answer, (text) => {
    let translated = text;
    for (const [name, value] of Object.entries(placeholders)) {
      translated = translated.replaceAll(value, `{{${name}}}`);
    }
    for (const name of ['api', 'oauth', 'registry'] as const) {
      translated = translated.replaceAll(hosts[name], RECORDED_HOSTS[name]);
    }
    return translated;
  });
}

function fillPlaceholders(text: string, placeholders: Placeholders): string {
  const filled = text.replace(/\{\{(\w+)\}\}/g, (_, name: string) => {
    const value = placeholders[name];
    if (value === undefined) throw new Error(`no value for the placeholder ${name}`);
    return value;
  });
  return filled.replace(/base64\((.*?)\)$/, (_, plain: string) => Buffer.from(plain).toString('base64'));
}
