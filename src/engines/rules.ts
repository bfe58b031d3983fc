/** Major and minor version of an engine. */
export type Version = readonly [major: number, minor: number];

/**
 * A path as a shell would write it: `$HOME/.dockercfg`. Where one of its variables is unset or empty there is no such
 * path. Beside those of the environment (`$HOME` is `USERPROFILE` on Windows) there are `$CONFIG_HOME`, `$CACHE_HOME`,
 * `$DOCKER_HOME`, `$TMP` and `$VAR_TMP`, for what XDG_CONFIG_HOME, XDG_CACHE_HOME, DOCKER_CONFIG and TMPDIR name, or their
 * defaults, of TMPDIR `/tmp` and `/var/tmp`;
 * `$UID`, the effective user id, `$ROOTLESS_UID`, unset for root, and `$ROOTMODE`, `rootful` or `rootless`.
 */
export type PathTemplate = string;

/** One of several places for a file; `own`: only where this directory is there, or could be made, and is the user's. */
export type FilePlace = PathTemplate | { readonly own: PathTemplate; readonly file: string };

/** A file in which an engine looks for logins and helpers. */
export interface AuthFileRule {
  /**
   * `chosen`: a variable names it; `session`: it is gone after the session, or at the next boot; `own`: the engine's
   * lasting one; `client`: one of a client's that no engine reads, which names no helper of ours; `docker`: docker's config, which holds more than logins; `dockercfg`: docker's of before 2014, whose
   * logins are its top level, and which can name no helper.
   */
  readonly kind: 'chosen' | 'session' | 'own' | 'client' | 'docker' | 'dockercfg';
  /** The first of these that there can be. */
  readonly places: readonly FilePlace[];
  /** Where it can be, the engine reads no other file, or none of those of this kind. */
  readonly insteadOf?: 'all' | 'session';
  /** The engine gives up where it can be and is not there. */
  readonly mustBeThere?: true;
  /** The engine reads it only where none of those before it is there. */
  readonly ifNoOther?: true;
  /** The systems that have it; undefined: all. */
  readonly on?: 'linux' | 'others';
}

/** What an engine does about a helper that it can't run, or that fails. */
export type HelperFault = 'fails' | 'takes the login' | 'goes on anonymously';

/** What an engine's versions, from one on, do to come by a registry's credentials. */
export interface EngineRules {
  /** The first version that does so, as far as is known. */
  readonly since: Version;
  /** Where it is known from. */
  readonly source: string;
  /** In its order. */
  readonly authFiles: readonly AuthFileRule[];
  /** The variable whose logins it takes before all files and helpers. */
  readonly loginVariable?: 'DOCKER_AUTH_CONFIG';
  /** How it puts registries.conf and its drop-ins together; undefined: it reads none. */
  readonly registriesConf?: 'one directory after another' | 'all sorted by name';
  /** The variables that name a file to be read for registries.conf, and, where all are sorted, for its drop-ins, too. */
  readonly registriesConfVariables: readonly string[];
  /** The names that it asks a helper for, in its order: `HOST` stands for the registry as it is written. */
  readonly helperNames: readonly string[];
  /** What Docker Hub is called in its files. */
  readonly dockerHub: string;
  /** Whether it heeds `credsStore`, for hosts that credHelpers does not name. */
  readonly credsStore: boolean;
  /** Which stored logins it finds. */
  readonly logins: 'by namespaces, then the host' | 'by the host in any spelling';
  /** The fields of an entry that make it a login. */
  readonly entryFields: readonly LoginField[];
  /** What it does with an `auth` that is not base64: fail, if it is that host's or whosever, or decode no login of the file. */
  readonly brokenEntry: 'fails' | 'fails for the whole file' | 'reads no login';
  /** What it does with a file that is no JSON, or empty. */
  readonly brokenFile: 'fails' | 'ignores it';
  readonly emptyFile: 'fails' | 'ignores it';
  readonly helperMissing: HelperFault;
  /** The same of its builds, where they differ. */
  readonly buildHelperMissing?: 'fails';
  /** The same of the `credsStore`, where it differs. */
  readonly storeMissing?: HelperFault;
  /** The helper says anything but the protocol's "not found". */
  readonly helperFails: HelperFault;
  /** Directories of `*.crt` that it adds to the system's roots for a host; the first that is there counts. */
  readonly certificates: readonly CertificateRule[];
  /** Which registry a name without one is of. */
  readonly shortNames: 'registries.conf' | 'Docker Hub';
  /** The file that `login` writes to. */
  readonly loginWrites: 'session' | 'docker';
}

/** What an entry of `auths` may hold. */
export type LoginField = 'auth' | 'identitytoken' | 'registrytoken' | 'password';

/** A directory that holds one of certificates for each host. */
export interface CertificateRule {
  readonly path: PathTemplate;
  readonly on: 'linux' | 'darwin';
  /** Only for the daemon that a user runs, or for the one of the machine. */
  readonly daemon?: 'rootless' | 'system';
}

/** An engine, and what its versions do. */
export interface EngineDescriptor {
  /** Its program's name. */
  readonly program: string;
  /** The engine in whose name it is spoken of where both do the same; itself, if it stands alone. */
  readonly family: string;
  /** It is only looked at where it is installed, or named. */
  readonly ifInstalled?: true;
  /** What is typed before a host to log out there; undefined: `PROGRAM logout`. */
  readonly logsOutBy?: string;
  /** What its daemon, which verifies certificates itself, is configured by; undefined: it has none, or heeds registries.conf. */
  readonly daemonConfig?: readonly CertificateRule[];
  /** The newest first. */
  readonly rules: readonly [EngineRules, ...EngineRules[]];
}
