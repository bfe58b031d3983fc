import type { ServerName } from './http/message.ts';
import { send } from './https-client.ts';
import type { Sandbox } from './sandbox.ts';
import { RECORDED_HOSTS, type Transcript, transcriptServer } from './transcript.ts';
import { assertSameAnswer } from './transcript-comparison.ts';
import { learnPlaceholders, type Placeholders } from './transcript-placeholders.ts';

/**
 * Sends a recorded request to a sandbox and fails unless the answer agrees with the recorded one. Resolves to the
 * values of the placeholders that the answer introduced: its cookies, codes and tokens.
 */
export async function replay(
  sandbox: Sandbox,
  placeholders: Placeholders,
  transcript: Transcript,
): Promise<Placeholders> {
  const hosts: Record<ServerName, string> = {
    api: new URL(sandbox.apiUrl).host,
    oauth: new URL(sandbox.oauthUrl).host,
    registry: sandbox.registryHost,
  };
  const server = transcriptServer(transcript);
  const fill = (text: string) =>
    replaceHost(fillPlaceholders(text, placeholders), RECORDED_HOSTS.oauth, hosts.oauth);
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
  const asRecorded = (text: string) => {
    let translated = text;
    for (const name of ['api', 'oauth', 'registry'] as const) {
      translated = replaceHost(translated, hosts[name], RECORDED_HOSTS[name]);
    }
    return translated;
  };
  const learnt = learnPlaceholders(transcript, answer, placeholders, asRecorded);
  assertSameAnswer(transcript, answer, (text) => {
    let translated = text;
    for (const [name, value] of Object.entries({ ...placeholders, ...learnt })) {
      translated = translated.replaceAll(value, `{{${name}}}`);
    }
    return asRecorded(translated);
  });
  return learnt;
}

/** Replaces `host:port`, also where it is part of an escaped URL. */
function replaceHost(text: string, from: string, to: string): string {
  const colons = [':', '%3A', '%253A'];
  return colons.reduce(
    (replaced, colon) => replaced.replaceAll(from.replace(':', colon), to.replace(':', colon)),
    text,
  );
}

function fillPlaceholders(text: string, placeholders: Placeholders): string {
  const filled = text.replace(/\{\{(\w+)\}\}/g, (_, name: string) => {
    const value = placeholders[name];
    if (value === undefined) throw new Error(`no value for the placeholder ${name}`);
    return value;
  });
  return filled.replace(/base64\((.*?)\)$/, (_, plain: string) => Buffer.from(plain).toString('base64'));
}
