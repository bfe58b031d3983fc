/** What a shell may complete a word to: hosts and contexts are asked of this program, files of the shell. */
export type Completion = 'host' | 'context' | 'file' | readonly string[];

/** One option of a command. */
export interface OptionDeclaration {
  /** What it does, in one line without a full stop. */
  readonly does: string;
  /** What its value is called in help: `FILE`. An option without one is a switch. */
  readonly value?: string;
  readonly completes?: Completion;
  /** One letter. */
  readonly short?: string;
  /** Whether it may be given several times. */
  readonly isRepeatable?: true;
}

/** A word of a command that is no option. */
export interface WordDeclaration {
  /** What it is called in help: `HOST`. */
  readonly name: string;
  readonly does: string;
  readonly completes?: Completion;
  readonly isRepeatable?: true;
}

/**
 * A command that a person may type. Parsing, help, completions and the manual page all come from it; it is data alone,
 * so that reading it runs nothing.
 */
export interface CommandDeclaration {
  readonly name: string;
  /** The ways to type it, without the program's name. */
  readonly usage: readonly string[];
  /** What it does, in one line that starts with a verb, without a full stop. */
  readonly does: string;
  /** What is to be known besides, a paragraph each. */
  readonly details: readonly string[];
  readonly words: readonly WordDeclaration[];
  readonly options: Readonly<Record<string, OptionDeclaration>>;
  /** The variables that matter to it most; help shows all of them without a command. */
  readonly environment: readonly EnvironmentVariable[];
  readonly examples: readonly { readonly run: string; readonly does: string }[];
  /** What each exit status means, besides 2: a wrong command line. */
  readonly exitStatuses: Readonly<Record<number, string>>;
}

/** What all commands know of. */
export const COMMON_OPTIONS = {
  help: { short: 'h', does: 'show this help' },
} as const satisfies CommandDeclaration['options'];

/** `--yes`, wherever something is asked before it is done. */
export const YES = { short: 'y', does: 'do it without asking; needed where there is no terminal' } as const;

/** Every environment variable that a person may set for this program, and what it does, in one line. */
export const ENVIRONMENT_VARIABLES = {
  DOCKER_CREDENTIAL_OPENSHIFT_CONFIG: 'another config file (docs/configuration.md)',
  DOCKER_CREDENTIAL_OPENSHIFT_SERVER: 'URL of the API server of the token below',
  DOCKER_CREDENTIAL_OPENSHIFT_TOKEN: 'a token for that server; it is kept in no file',
  DOCKER_CREDENTIAL_OPENSHIFT_TOKEN_FILE: 'a file that holds such a token',
  DOCKER_CREDENTIAL_OPENSHIFT_CA_FILE: "the certificate authority of that server's certificate",
  DOCKER_CREDENTIAL_OPENSHIFT_CONTEXT: 'the context to take for the current one',
  DOCKER_CREDENTIAL_OPENSHIFT_SERVICE_ACCOUNT: 'NAMESPACE/NAME to mint tokens for',
  DOCKER_CREDENTIAL_OPENSHIFT_SECRETS:
    '`file`: logins that are typed go to private files, and to no keychain',
  DOCKER_CREDENTIAL_OPENSHIFT_REGISTRIES: 'registry hosts that get these tokens, with commas',
  DOCKER_CREDENTIAL_OPENSHIFT_LOG: '`info` or `debug`: a log, beside the other state (docs/configuration.md)',
  KUBECONFIG: 'the kubeconfig files; ~/.kube/config without it',
  DOCKER_CONFIG: "the directory of docker's config.json; ~/.docker without it",
  DOCKER_AUTH_CONFIG: 'logins that docker takes before all files',
  REGISTRY_AUTH_FILE: 'the auth file of podman, buildah and skopeo',
  CONTAINERS_REGISTRIES_CONF: "podman's registries.conf",
  HTTPS_PROXY: 'the proxy to clusters and registries (also https_proxy)',
  NO_PROXY: 'hosts that are reached without a proxy',
  SSL_CERT_FILE: 'certificate authorities to trust (also the directory SSL_CERT_DIR)',
  XDG_CONFIG_HOME: 'where config lies; ~/.config without it',
  XDG_STATE_HOME: 'where records and stored logins lie; ~/.local/state without it',
  XDG_CACHE_HOME: 'where answers are kept; ~/.cache without it',
  XDG_RUNTIME_DIR: "where podman's auth file of the session lies",
  BROWSER: 'the program that opens the page to log in',
  NO_COLOR: 'any value: no colours',
} as const satisfies Record<string, string>;

export type EnvironmentVariable = keyof typeof ENVIRONMENT_VARIABLES;
