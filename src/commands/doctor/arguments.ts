import { type Engine, listed, MAIN_ENGINES } from '../../engines/engines.ts';
import type { Place } from '../../engines/lookup/resolve-image.ts';
import { shellQuoted, shownArgument } from '../../hosts/quoting.ts';
import { asEnginesAsk, DOCKER_HUB, hubByOneName } from '../../registry/engine-names.ts';
import {
  imageInWords,
  parseImageReference,
  shortNameIn,
  whyNoImage,
} from '../../registry/image-reference.ts';
import { normaliseRegistryHost } from '../../registry/registry-host.ts';
import { parseWords } from '../parse-words.ts';
import { DOCTOR } from './declaration.ts';

/** What the user asks about. */
export type Subject =
  | { readonly kind: 'all' }
  | Place
  /** A page of a cluster's web console, as a job log links to it. */
  | { readonly kind: 'console'; readonly url: URL };

/** What `doctor` is to do. */
export interface DoctorArguments {
  readonly subject: Subject;
  readonly engines: readonly Engine[];
  readonly json: boolean;
  /** All that was looked at is printed, and how the engines come by a login. */
  readonly verbose: boolean;
  readonly fix: boolean;
  readonly yes: boolean;
  /** Nothing but the authority of the host's certificate is wanted. */
  readonly authority: boolean;
  /** Where the report for a bug tracker is written. */
  readonly bundle: string | undefined;
}

/** @returns the arguments, or what is wrong with them, in one sentence */
export function parseDoctorArguments(args: readonly string[]): DoctorArguments | string {
  const words = parseWords(args, DOCTOR);
  if (typeof words === 'string') return words;
  const { positionals, values } = words;
  const {
    json = false,
    verbose = false,
    fix = false,
    yes = false,
    authority = false,
    bundle,
    engine = [],
  } = values;
  if (positionals.length > 1) return 'One host, image or console URL at a time.';
  const [word] = positionals;
  const subject = parseSubject(word);
  if (subject === undefined) return notUnderstood(word ?? '');
  if (yes && !fix) return '--yes goes with --fix.';
  if (fix && bundle !== undefined) return '--bundle reports what is there: first --fix, then --bundle.';
  if (json && bundle !== undefined)
    return '--json prints the report and --bundle writes one: choose one of them.';
  if (authority && (subject.kind !== 'host' || fix || json || verbose || bundle !== undefined))
    return '--authority goes with a registry host, and with nothing else.';
  if (engine.length > 1) return '--engine leaves the others out: name one, or none for all.';
  const engines = MAIN_ENGINES.filter((name) => engine.length === 0 || engine.includes(name));
  if (engines.length === 0) return `--engine is ${listed(MAIN_ENGINES, 'or')}.`;
  return { subject, engines, json, verbose, fix, yes, authority, bundle };
}

function notUnderstood(word: string): string {
  const why = whyNoImage(word);
  const it = shownArgument(word);
  return why === undefined
    ? `${it} is neither a registry host nor an image nor the URL of a console.`
    : `${it} is no image: ${why}.`;
}

/**
 * What a person means by the word after `doctor`.
 * @returns undefined if it is neither a registry host, an image nor a console's URL
 */
export function parseSubject(word: string | undefined): Subject | undefined {
  if (word === undefined) return { kind: 'all' };
  const text = word.trim();
  const url = /^https?:\/\//i.test(text) && URL.canParse(text) ? new URL(text) : undefined;
  // A registry's URL has no path of its own but its API's.
  if (url !== undefined && !/^\/(?:v[12]\/?)?$/.test(url.pathname)) {
    return url.username === '' && url.password === '' ? { kind: 'console', url } : undefined;
  }
  const isBareName = !/[/.]/.test(text) && !/^[^:]+:\d+$/.test(text) && text !== 'localhost';
  if (url === undefined && (isBareName || /\/./.test(text) || text.includes('@'))) return imageOf(text);
  const name = normaliseRegistryHost(text);
  const host = name === null ? null : hubByOneName(name);
  // `name.of.image:tag` has no port after its colon.
  if (host === null) return imageOf(text);
  return { kind: 'host', host, asked: host === DOCKER_HUB ? host : asEnginesAsk(text, host) };
}

function imageOf(text: string): Subject | undefined {
  const image = parseImageReference(text);
  const host = image === undefined ? null : normaliseRegistryHost(image.registry);
  return image === undefined || host === null
    ? undefined
    : { kind: 'image', host, asked: image.registry, image, shortName: shortNameIn(text) };
}

/** @returns what was asked about, in the words of the command line; null: everything */
export function subjectInWords(subject: Subject): string | null {
  switch (subject.kind) {
    case 'all':
      return null;
    case 'host':
      return subject.asked;
    case 'image':
      return imageAsTyped(subject);
    case 'console':
      return subject.url.origin + subject.url.pathname;
  }
}

/** docker's registry is left out again where none was typed: to podman it would be another image. */
function imageAsTyped({ image, shortName }: Extract<Subject, { kind: 'image' }>): string {
  const inFull = imageInWords(image);
  if (shortName === undefined) return inFull;
  return shortName + inFull.slice(`${image.registry}/${image.repository}`.length);
}

/**
 * The command again, as it can be pasted into a shell.
 * @param more options to put behind it
 */
export function doctorCommand({ subject, engines, json, fix, yes }: DoctorArguments): string {
  const asked = subjectInWords(subject);
  const [engine] = engines;
  return [
    'docker-credential-openshift doctor',
    ...(asked === null ? [] : [shellQuoted(asked)]),
    ...(engines.length === 1 && engine !== undefined ? ['--engine', engine] : []),
    ...(fix ? ['--fix'] : []),
    ...(yes ? ['--yes'] : []),
    ...(json ? ['--json'] : []),
  ].join(' ');
}
