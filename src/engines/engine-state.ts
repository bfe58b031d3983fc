import type { RegistryTable } from '../registry/registry-tables.ts';
import type { Engine } from './engines.ts';
import type { LoginField, Version } from './rules.ts';

/** The versions of engines, as far as they are known. */
export type EngineVersions = Partial<Record<Engine, Version>>;

/**
 * `line-break`: it ends in one, which engines send with it; `colon`: its user name holds a colon, as `kube:admin` does, and
 * what follows that is sent as the password (RFC 7617, section 2).
 */
export type SecretFlaw = 'line-break' | 'colon';

/** What is known of a stored secret without telling it. */
export interface SecretFacts {
  /** `oauth`: an OpenShift token (`sha256~…`); `jwt`: a service account's or a plugin's; `other`: who knows. */
  readonly kind: 'oauth' | 'jwt' | 'other';
  /** Ms since the epoch; undefined: it does not say. */
  readonly endsAtMs: number | undefined;
  /** Known to be dead: its own object on the cluster is gone, its end is over, or it is cut wrong. */
  readonly dead: boolean;
  /** What makes registries refuse it whatever it is. */
  readonly flaw?: SecretFlaw;
}

/** A login in an engine's file. */
export interface StoredLogin {
  /** As it is written, but for a user and password in it. */
  readonly key: string;
  /** The registry host that the key is for, normalised; undefined: it is for none. */
  readonly host: string | undefined;
  /** `HOST`; `HOST/NAMESPACE`, which only podman knows; or an old `https://HOST/v1/`. */
  readonly form: 'host' | 'namespace' | 'url';
  /** Undefined: the entry is empty, as docker leaves it beside a `credsStore`, or no engine can use what is in it. */
  readonly secret: SecretFacts | undefined;
  /** What makes it a login, for engines that look at that. */
  readonly fields: readonly LoginField[];
  /** Its `auth` is not base64. */
  readonly isBroken: boolean;
}

/** A file's entry of `credHelpers`. */
export interface NamedHelper {
  /** As it is written; engines compare it letter by letter. */
  readonly key: string;
  /** What follows `docker-credential-` in the program's name. */
  readonly helper: string;
}

/** A file in which engines look for logins and helpers. */
export interface EngineFile {
  readonly path: string;
  /**
   * Who reads it, now, with other variables or in another version: of a family, the engine that it is spoken of by.
   */
  readonly readBy: readonly Engine[];
  /** Each engine that reads it in this environment. */
  readonly readNowBy: readonly Engine[];
  /** At which place each of these reads it, where that is not the order of all files. */
  readonly placeFor?: Partial<Record<Engine, number>>;
  /** docker's `.dockercfg` of before 2014: its logins are its top level, not under `auths`, and it can name no helper. */
  readonly legacy: boolean;
  /** It is docker's config, which holds more than logins, and which `docker` writes to. */
  readonly isDockers: boolean;
  /** False: engines read it only where they are started with other variables: by cron, sudo, or from a desktop. */
  readonly current: boolean;
  /** The variable by which podman, buildah or skopeo read it instead of others; newer ones then read no other. */
  readonly chosenBy: string | undefined;
  /** It is gone after the session, or at the next boot. */
  readonly volatile: boolean;
  /**
   * Whether `setup` names the helper in it: in any case; only if the file is there; only where docker's config, which the
   * same engines read, is to be left alone; or not.
   */
  readonly getsHelper: 'always' | 'if-there' | 'else' | 'never';
}

/** One of those files, as it is now. */
export interface AuthFile extends EngineFile {
  /**
   * `absent`: none, or a link to none, which is the same to engines and a `fault` all the same; `blank`: 0 bytes, or
   * nothing but spaces; `unusable`: broken or out of reach, see `fault`.
   */
  readonly state: 'absent' | 'blank' | 'unusable' | 'read';
  /** What is wrong with it, with line and column where there are some. */
  readonly fault: string | undefined;
  /** It lies where this user may not look: engines that would look there fail. */
  readonly isClosed?: boolean;
  /** Who can't read one that is `unusable`: docker ignores it then, podman ends the pull. Others read what is told here. */
  readonly failsFor: readonly Engine[];
  readonly logins: readonly StoredLogin[];
  readonly helpers: readonly NamedHelper[];
  readonly credsStore: string | undefined;
  /** The names of what else the file holds. */
  readonly otherKeys: readonly string[];
}

/** podman's registries.conf and its drop-ins, as far as logins and hosts go. */
export interface RegistriesConf {
  /** Whom podman asks, in this order; `containers-auth.json` stands for the files. */
  readonly helpers: readonly string[];
  /** The file that says so; undefined: none does. */
  readonly path: string | undefined;
  /** Files that have the key too, and that this one overrides. */
  readonly overridden: readonly { readonly path: string; readonly helpers: readonly string[] }[];
  /** Files that podman can't read, and gives up for: what is wrong, with the line. */
  readonly broken: readonly { readonly path: string; readonly fault: string }[];
  /** Each prefix once: of several, the last one counts. */
  readonly tables: readonly RegistryTable[];
  readonly shortNames: ShortNames;
}

/** Which registry podman takes for an image that was typed without one. */
export interface ShortNames {
  /** The image, without a tag, that a name stands for, and the file that says so. */
  readonly aliases: ReadonlyMap<string, { readonly image: string; readonly path: string }>;
  /** What it tries for other names, in this order; undefined: nothing is said. */
  readonly search: { readonly registries: readonly string[]; readonly path: string } | undefined;
  /** Of several registries it asks the user for one. Where it can't, it fails if `enforcing`, else it tries them all. */
  readonly mode: 'enforcing' | 'permissive' | 'disabled';
  /** What is wrong with the file of what it asked before: it fails for every such name. */
  readonly fault: string | undefined;
}

/** What docker and podman have on this machine. */
export interface EngineState {
  /** In podman's reading order; those of other environments last. */
  readonly files: readonly AuthFile[];
  readonly registriesConf: RegistriesConf;
  /** Those that are known: of an engine that is not there, or does not say, there is none. */
  readonly versions: EngineVersions;
  /** The logins of `DOCKER_AUTH_CONFIG`; undefined: it is not set; `broken`: docker can't read it and ignores it. */
  readonly dockerAuthConfig: readonly StoredLogin[] | 'broken' | undefined;
}

/** @returns the files that an engine reads in this environment, in its order */
export function filesOf(engine: Engine, { files }: Pick<EngineState, 'files'>): readonly AuthFile[] {
  const place = ({ placeFor }: AuthFile) => placeFor?.[engine] ?? 0;
  return files
    .filter(({ readNowBy }) => readNowBy.includes(engine))
    .sort((one, other) => place(one) - place(other));
}

/** One place that an engine looks into for a registry's credentials. */
export interface LookupStep {
  /** The file, variable or helper. */
  readonly where: string;
  /** The keys it looks for, in its order. */
  readonly lookedFor: string;
  readonly found: string;
  /** What the engine does then. */
  readonly outcome: string;
}

/** What an engine sends in the end. */
export type Winner =
  /** What a helper answers; `otherwise`: what counts where it has no credential. */
  | {
      readonly kind: 'helper';
      readonly helper: string;
      readonly where: string;
      readonly otherwise: Exclude<Winner, { kind: 'helper' }>;
    }
  /** A login that lies in a file or a variable. */
  | {
      readonly kind: 'login';
      readonly key: string;
      readonly where: string;
      readonly dead: boolean;
      /** Why it is dead. */
      readonly flaw?: SecretFlaw;
    }
  | { readonly kind: 'anonymous' }
  /** The engine gives up: no pull, not even of a public image. */
  | { readonly kind: 'error'; readonly why: string };
