import { DOCKER_HUB, hubByOneName } from '../../registry/docker-hub.ts';
import { asEnginesAsk } from '../../registry/engine-names.ts';
import {
  type ImageReference,
  imageInWords,
  parseImageReference,
  shortNameIn,
} from '../../registry/image-reference.ts';
import { normaliseRegistryHost } from '../../registry/registry-host.ts';

/** What the user asks about. */
export type Subject =
  | { readonly kind: 'all' }
  /** `host`: normalised; `asked`: as engines ask for it, who tell HOST:443 from HOST. */
  | { readonly kind: 'host'; readonly host: string; readonly asked: string }
  | {
      readonly kind: 'image';
      readonly host: string;
      readonly asked: string;
      readonly image: ImageReference;
      /** Its name without a tag, where no registry was typed: `image` has docker's, and podman looks for one. */
      readonly shortName: string | undefined;
    }
  /** A page of a cluster's web console, as a job log links to it. */
  | { readonly kind: 'console'; readonly url: URL };

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
