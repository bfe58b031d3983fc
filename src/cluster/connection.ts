/** How to reach a cluster's API server. */
export interface Connection {
  /** Normalised URL. */
  readonly server: string;
  /** PEM; undefined: the system's roots. */
  readonly ca: string | undefined;
  readonly tlsServerName: string | undefined;
  readonly insecure: boolean;
  /** `proxy-url` of the kubeconfig; undefined: the environment's proxies count. */
  readonly proxyUrl: string | undefined;
  /**
   * PEM; what the kubeconfig's user proves itself with where no token is sent. `fault`: why it can't; a sentence that names
   * the file.
   */
  readonly clientCertificate:
    | { readonly cert: string; readonly key: string }
    | { readonly fault: string }
    | undefined;
  /** Why no connection can be made; a sentence that names the file of the authority. */
  readonly fault: string | undefined;
}
