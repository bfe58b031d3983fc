import { mkdirSync, writeFileSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  awaitPluginCalls,
  type ExecPluginCall,
  endPluginProcesses,
  readPluginCalls,
} from './exec-plugin-calls.ts';
import { type ExecPluginBehaviour, execPluginScript } from './exec-plugin-script.ts';

/** What an ExecCredential's `status` holds; a certificate without a token is possible, too. */
export interface ExecCredentialStatus {
  readonly token?: string;
  /** RFC 3339; absent: the plugin does not say. */
  readonly expirationTimestamp?: string;
  readonly clientCertificateData?: string;
  readonly clientKeyData?: string;
}

export interface ExecPluginOptions {
  readonly status: ExecCredentialStatus;
  /** Of the answer and of the kubeconfig's entry; default v1. */
  readonly version?: 'v1' | 'v1beta1';
  /** Default: answers. */
  readonly behaviour?: ExecPluginBehaviour;
  /** For `answers-slowly`. */
  readonly delayMs?: number;
}

/** The `exec` of a kubeconfig's user. */
export interface ExecEntry {
  readonly apiVersion: string;
  readonly command: string;
  readonly args?: readonly string[];
  readonly env?: readonly { readonly name: string; readonly value: string }[];
  readonly interactiveMode?: 'Never' | 'IfAvailable' | 'Always';
  readonly provideClusterInfo?: boolean;
  readonly installHint?: string;
}

/** An executable that stands for `oc get-token`, kubelogin or a cloud's plugin. */
export interface ExecPlugin {
  readonly command: string;
  /** The kubeconfig entry that runs it, for `sandbox.kubeconfig({ exec })`. */
  entry(changes?: Partial<ExecEntry>): ExecEntry;
  /** Changes what it does from its next call on. */
  behave(behaviour: ExecPluginBehaviour): Promise<void>;
  /** Changes the credential from its next call on. */
  answer(status: ExecCredentialStatus): Promise<void>;
  /** How it was called so far, in order. */
  calls(): Promise<ExecPluginCall[]>;
  /** Resolves once it was called so often (default: once). */
  called(count?: number): Promise<ExecPluginCall[]>;
  /** Ends what still runs of it. The directory stays. */
  stop(): Promise<void>;
}

/** Puts a plugin into a new directory below the given one, whose path has no quote in it. */
export function createExecPlugin(parent: string, options: ExecPluginOptions): ExecPlugin {
  const directory = join(parent, 'exec-plugin');
  const apiVersion = `client.authentication.k8s.io/${options.version ?? 'v1'}`;
  const file = (name: string) => join(directory, name);
  const answerText = (status: ExecCredentialStatus) =>
    `${JSON.stringify({ kind: 'ExecCredential', apiVersion, spec: {}, status })}\n`;
  // Replaced in one step: a call that is under way reads the old or the new.
  const replace = async (name: string, text: string) => {
    await writeFile(file(`${name}.new`), text, { mode: 0o600 });
    await rename(file(`${name}.new`), file(name));
  };

  mkdirSync(file('calls'), { recursive: true, mode: 0o700 });
  const command = file('get-token');
  writeFileSync(command, execPluginScript(directory), { mode: 0o700 });
  writeFileSync(file('behaviour'), options.behaviour ?? 'answers');
  writeFileSync(file('answer'), answerText(options.status), { mode: 0o600 });
  writeFileSync(file('delay'), String((options.delayMs ?? 0) / 1000));

  return {
    command,
    entry: (changes = {}) => ({ apiVersion, command, interactiveMode: 'IfAvailable', ...changes }),
    behave: (behaviour) => replace('behaviour', behaviour),
    answer: (status) => replace('answer', answerText(status)),
    calls: () => readPluginCalls(file('calls')),
    called: (count = 1) => awaitPluginCalls(file('calls'), count),
    stop: () => endPluginProcesses(file('calls'), command),
  };
}
