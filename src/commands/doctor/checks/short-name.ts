import type { Place, Resolution } from '../../../engines/lookup/resolve-image.ts';
import { shellQuoted } from '../../../hosts/quoting.ts';
import { imageInWords } from '../../../registry/image-reference.ts';
import type { CheckContext } from '../check.ts';
import type { Finding } from '../finding.ts';
import { subjectInWords } from '../subject.ts';

export interface ShortNamePorts {
  /** What each engine that is there makes of what was typed. */
  resolutions(): Promise<readonly Resolution[]>;
}

/** Which registry podman takes for an image that was typed without one: docker takes Docker Hub. */
export async function shortName(
  { resolutions }: ShortNamePorts,
  { subject }: Pick<CheckContext, 'subject'>,
): Promise<readonly Finding[]> {
  if (subject.kind !== 'image' || subject.shortName === undefined) return [];
  const inFull = imageInWords(subject.image);
  const typed = subjectInWords(subject) ?? inFull;
  return (await resolutions()).flatMap((resolution) => describe(typed, inFull, resolution));
}

function describe(typed: string, inFull: string, { engine, places, step, fault }: Resolution): Finding[] {
  if (step === undefined) return [];
  const names = places.map(({ named }) => words(named));
  const [first = inFull] = names;
  if (names.length === 0) {
    const saw = `${engine} does not know of which registry ${typed} is`;
    const mend = `${engine} pull ${shellQuoted(first)}`;
    const why = `${fault ?? step.found} (${step.where}). Type it in full: on Docker Hub it is this`;
    return [{ status: 'problem', saw, why, mend }];
  }
  const saw = `${engine} takes ${typed} for ${names.join(' or ')} (${step.where})`;
  if (fault !== undefined) {
    const why = `${fault}: ${engine} asks which of them is meant, and fails without a terminal, as in a script`;
    return [{ status: 'warning', saw, why, mend: `Type it in full: ${names.join(', or ')}.` }];
  }
  const isDockers = names.length === 1 && first === inFull;
  const why = isDockers ? undefined : `docker takes it for ${inFull}`;
  return [{ status: isDockers ? 'ok' : 'note', saw, why }];
}

function words(place: Place): string {
  return place.kind === 'image' ? imageInWords(place.image) : place.asked;
}
