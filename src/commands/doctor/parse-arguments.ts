import type { Engine } from '../../engines/engines.ts';
import { shellQuoted, shownArgument } from '../../hosts/quoting.ts';
import { whyNoImage } from '../../registry/image-reference.ts';
import { parseWords } from '../parse-words.ts';
import { DOCTOR } from './declaration.ts';
import { parseSubject, type Subject, subjectInWords } from './subject.ts';

/** What `doctor` is to do. */
export interface DoctorArguments {
  readonly subject: Subject;
  readonly engines: readonly Engine[];
  readonly json: boolean;
  readonly fix: boolean;
  readonly yes: boolean;
  /** Where the report for a bug tracker is written. */
  readonly bundle: string | undefined;
}

const ENGINES: readonly Engine[] = ['docker', 'podman'];

/** @returns the arguments, or what is wrong with them, in one sentence */
export function parseDoctorArguments(args: readonly string[]): DoctorArguments | string {
  const words = parseWords(args, DOCTOR);
  if (typeof words === 'string') return words;
  const { positionals, values } = words;
  const { json = false, fix = false, yes = false, bundle, engine = [] } = values;
  if (positionals.length > 1) return 'One host, image or console URL at a time.';
  const [word] = positionals;
  const subject = parseSubject(word);
  if (subject === undefined) return notUnderstood(word ?? '');
  if (yes && !fix) return '--yes goes with --fix.';
  if (fix && bundle !== undefined) return '--bundle reports what is there: first --fix, then --bundle.';
  if (json && bundle !== undefined)
    return '--json prints the report and --bundle writes one: choose one of them.';
  if (engine.length > 1) return '--engine leaves the other one out: name one, or none for both.';
  const engines = ENGINES.filter((name) => engine.length === 0 || engine.includes(name));
  if (engines.length === 0) return '--engine is docker or podman.';
  return { subject, engines, json, fix, yes, bundle };
}

function notUnderstood(word: string): string {
  const why = whyNoImage(word);
  const it = shownArgument(word);
  return why === undefined
    ? `${it} is neither a registry host nor an image nor the URL of a console.`
    : `${it} is no image: ${why}.`;
}

/**
 * The command again, as it can be pasted into a shell.
 * @param more options to put behind it
 */
export function doctorCommand(
  { subject, engines, json, fix, yes }: DoctorArguments,
  more: readonly string[] = [],
): string {
  const asked = subjectInWords(subject);
  const [engine] = engines;
  return [
    'docker-credential-openshift doctor',
    ...(asked === null ? [] : [shellQuoted(asked)]),
    ...(engines.length === 1 && engine !== undefined ? ['--engine', engine] : []),
    ...(fix ? ['--fix'] : []),
    ...(yes ? ['--yes'] : []),
    ...(json ? ['--json'] : []),
    ...more,
  ].join(' ');
}
