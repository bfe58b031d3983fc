import { stringify } from 'yaml';
import type { KeyedCertificate } from './certificates.ts';

export interface KubeconfigOptions {
  readonly token?: string;
  /** Default: alice. */
  readonly user?: string;
  /** Default: alice-ns for alice, else default. */
  readonly namespace?: string;
  /** A file to read the token from instead. */
  readonly tokenFile?: string;
  /** The user's exec plugin, as it stands in the file. */
  readonly exec?: object;
  readonly clientCertificate?: KeyedCertificate;
  /** Entries to append, for files with several clusters, users or contexts. */
  readonly extra?: {
    readonly clusters?: readonly object[];
    readonly contexts?: readonly object[];
    readonly users?: readonly object[];
  };
}

/** The names `oc login` gives its entries: dots of the host become dashes. */
export function ocEntryNames(apiUrl: string, user: string, namespace: string) {
  const cluster = new URL(apiUrl).host.replaceAll('.', '-');
  return { cluster, user: `${user}/${cluster}`, context: `${namespace}/${cluster}/${user}` };
}

/** A kubeconfig as `oc login` writes it, YAML text. */
export function kubeconfigText(apiUrl: string, caFile: string, options: KubeconfigOptions): string {
  const user = options.user ?? 'alice';
  const namespace = options.namespace ?? (user === 'alice' ? 'alice-ns' : 'default');
  const names = ocEntryNames(apiUrl, user, namespace);
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  const { clientCertificate: certificate, exec, extra, token, tokenFile } = options;
  const config = {
    apiVersion: 'v1',
    clusters: [
      { cluster: { 'certificate-authority': caFile, server: apiUrl }, name: names.cluster },
      ...(extra?.clusters ?? []),
    ],
    contexts: [
      { context: { cluster: names.cluster, namespace, user: names.user }, name: names.context },
      ...(extra?.contexts ?? []),
    ],
    'current-context': names.context,
    kind: 'Config',
    preferences: {},
    users: [
      {
        name: names.user,
        user: {
          ...(certificate === undefined
            ? {}
            : {
                'client-certificate-data': base64(certificate.certPem),
                'client-key-data': base64(certificate.keyPem),
              }),
          ...(exec === undefined ? {} : { exec }),
          ...(token === undefined ? {} : { token }),
          ...(tokenFile === undefined ? {} : { tokenFile }),
        },
      },
      ...(extra?.users ?? []),
    ],
  };
  return stringify(config, { indentSeq: false, lineWidth: 0 });
}
