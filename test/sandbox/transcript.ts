import { readdirSync, readFileSync } from 'node:fs';
import type { ServerName } from './http/message.ts';

const DIRECTORY = new URL('./transcripts/', import.meta.url);

/** An HTTP exchange recorded from real servers; `transcripts/README.md` describes the form. */
export interface Transcript {
  readonly name: string;
  readonly server: string;
  readonly request: {
    readonly method: string;
    readonly path: string;
    readonly headers: readonly (readonly [string, string])[];
    readonly body: string | null;
  };
  readonly response: {
    readonly status: number;
    readonly headers: readonly (readonly [string, string])[];
    readonly body: string | null;
  };
}

/** The names of all transcripts, sorted. */
export function transcriptNames(): string[] {
  const files = readdirSync(DIRECTORY).filter((file) => file.endsWith('.json'));
  return files.map((file) => file.slice(0, -'.json'.length)).sort();
}

export function readTranscript(name: string): Transcript {
  return JSON.parse(readFileSync(new URL(`${name}.json`, DIRECTORY), 'utf8')) as Transcript;
}

/** Which of a sandbox's servers stands for the recorded one. */
export function transcriptServer({ server }: Transcript): ServerName {
  if (server.startsWith('kube-apiserver')) return 'api';
  return server.startsWith('oauth-server') ? 'oauth' : 'registry';
}

/** The hosts of the recorded servers, as they stand in paths, headers and bodies. */
export const RECORDED_HOSTS: Readonly<Record<ServerName, string>> = {
  api: 'localhost:26443',
  oauth: 'localhost:28445',
  registry: 'localhost:25000',
};
