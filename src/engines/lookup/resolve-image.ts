import { hubByOneName } from '../../registry/engine-names.ts';
import { type ImageReference, imageInWords, parseImageReference } from '../../registry/image-reference.ts';
import { normaliseRegistryHost } from '../../registry/registry-host.ts';
import { rewritten, tableFor } from '../../registry/registry-tables.ts';
import type { LookupStep, RegistriesConf, ShortNames } from '../engine-state.ts';
import { type Engine, rulesOf } from '../engines.ts';
import { quoted } from './look-in-files.ts';

/** A registry host or an image. */
export type Place =
  /** `host`: normalised; `asked`: as engines ask for it, who tell HOST:443 from HOST. */
  | { readonly kind: 'host'; readonly host: string; readonly asked: string }
  | {
      readonly kind: 'image';
      readonly host: string;
      readonly asked: string;
      readonly image: ImageReference;
      /** Its name without a tag, where no registry was typed: `image` has docker's, and podman looks for one. */
      readonly shortName: string | undefined;
    };

/** What an engine asks a registry for, of what was typed. */
export interface AskedPlace {
  /** With the registry that the engine puts before a name without one. */
  readonly named: Place;
  /** Where it asks for that: registries.conf may lead elsewhere. */
  readonly asked: Place;
  /** That is a mirror: what can't be had there is asked of the next place. */
  readonly isMirror?: true;
}

/** What an engine makes of what was typed. */
export interface Resolution {
  readonly engine: Engine;
  /** In its order; none: it gives up. */
  readonly places: readonly AskedPlace[];
  /** How it came by a registry; undefined: one was typed, or it is docker, which takes its own. */
  readonly step: LookupStep | undefined;
  /** Why it gives up, or would without a terminal to ask its user at, as a sentence without its full stop. */
  readonly fault: string | undefined;
}

/**
 * What an engine asks for, of what was typed. docker asks the registry that was typed, or Docker Hub. podman and buildah
 * take an alias for a name without a registry, else the registries of `unqualified-search-registries` (containers/image,
 * `shortnames.Resolve`), and then what `[[registry]]` says: its mirrors, one after another, and at last the registry
 * itself (`sysregistriesv2.PullSourcesFromReference`). skopeo takes Docker Hub, as docker.
 */
export function resolveImage(engine: Engine, typed: Place, conf: RegistriesConf): Resolution {
  const { registriesConf, shortNames } = rulesOf(engine);
  // Where a file is broken, podman gives up before it looks at a name: that is told by itself.
  if (registriesConf === undefined || conf.broken.length > 0) {
    return { engine, places: [{ named: typed, asked: typed }], step: undefined, fault: undefined };
  }
  const found: Named =
    typed.kind === 'image' && typed.shortName !== undefined && shortNames === 'registries.conf'
      ? byShortName(typed.shortName, typed.image, conf.shortNames)
      : { places: [typed], step: undefined, fault: undefined };
  return { ...found, engine, places: found.places.flatMap((named) => askedFor(named, conf)) };
}

interface Named extends Omit<Resolution, 'engine' | 'places'> {
  readonly places: readonly Place[];
}

function byShortName(name: string, image: ImageReference, conf: ShortNames): Named {
  const { aliases, search, mode, fault } = conf;
  const lookedFor = `a registry for "${name}"`;
  const alias = aliases.get(name);
  if (fault !== undefined) return givesUp(fault, { where: 'short-name-aliases.conf', lookedFor });
  if (alias !== undefined) {
    const places = placesOf([alias.image], image);
    const found = `an alias for "${alias.image}"`;
    return { places, step: { where: alias.path, lookedFor, found, outcome: asks(places) }, fault: undefined };
  }
  const where = search?.path ?? 'registries.conf';
  const registries = search?.registries ?? [];
  if (registries.length === 0) {
    const why = `"${name}" names no registry, has no alias, and there are no unqualified-search-registries`;
    return givesUp(why, { where, lookedFor });
  }
  const places = placesOf(
    registries.map((registry) => `${registry}/${name}`),
    image,
  );
  const found = `unqualified-search-registries ${quoted(registries)}`;
  const isAsked = registries.length > 1 && mode !== 'disabled';
  const isStrict = isAsked && mode === 'enforcing';
  const outcome = isAsked
    ? `it asks its user for one, else ${isStrict ? 'it fails' : asks(places)}`
    : asks(places);
  return {
    places,
    step: { where, lookedFor, found, outcome },
    fault: isStrict
      ? `short-name-mode is "enforcing", and "${name}" may be of ${list(registries)}`
      : undefined,
  };
}

function givesUp(fault: string, at: { where: string; lookedFor: string }): Named {
  return { places: [], fault, step: { ...at, found: 'none', outcome: 'podman gives up' } };
}

/** Normalised as podman does: `docker.io/x` is `docker.io/library/x`. */
function placesOf(names: readonly string[], { tag, digest }: ImageReference): readonly Place[] {
  return names.flatMap((name) => {
    const image = parseImageReference(name);
    return image === undefined ? [] : (imagePlace({ ...image, tag, digest }) ?? []);
  });
}

function imagePlace(image: ImageReference): Place | undefined {
  const host = normaliseRegistryHost(image.registry);
  if (host === null) return undefined;
  return { kind: 'image', host: hubByOneName(host), asked: image.registry, image, shortName: undefined };
}

/** Tables are heeded once: where one leads to is asked, whatever another says of that. */
function askedFor(named: Place, { tables }: RegistriesConf): AskedPlace[] {
  const name =
    named.kind === 'image'
      ? imageInWords({ ...named.image, tag: undefined, digest: undefined })
      : named.asked;
  const table = tableFor(name, tables);
  if (table === undefined) return [{ named, asked: named }];
  const hasDigest = named.kind === 'image' && named.image.digest !== undefined;
  const others = hasDigest ? 'tag-only' : 'digest-only';
  const mirrors = table.mirrors
    // Of a host alone it is not known what will be pulled.
    .filter(({ pulls }) => named.kind === 'host' || pulls !== others)
    .flatMap(({ location }) => placeAt(named, rewritten(name, { ...table, location })) ?? [])
    .map((asked): AskedPlace => ({ named, asked, isMirror: true }));
  const instead = rewritten(name, table);
  const asked = instead === name ? named : (placeAt(named, instead) ?? named);
  return [...mirrors, { named, asked }];
}

/** @returns the same at another name; undefined: that is none */
function placeAt(named: Place, name: string): Place | undefined {
  const [registry = '', ...rest] = name.split('/');
  if (named.kind === 'image') return imagePlace({ ...named.image, registry, repository: rest.join('/') });
  const host = normaliseRegistryHost(registry);
  return host === null ? undefined : { kind: 'host', host: hubByOneName(host), asked: registry };
}

function asks(places: readonly Place[]): string {
  const registries = list(places.map(({ asked }) => asked));
  return `it asks ${registries}${places.length > 1 ? ', in this order, for the first that has it' : ''}`;
}

function list(names: readonly string[]): string {
  return names.join(', ');
}
