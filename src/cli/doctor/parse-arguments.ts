import { shownArgument } from '../../credential/quoting.ts';
import { parseWords } from '../parse-words.ts';
import type { Engine } from './check.ts';
import { parseSubject, type Subject } from './subject.ts';

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
  const words = parseWords(args, {
    json: { type: 'boolean' },
    fix: { type: 'boolean' },
    yes: { type: 'boolean', short: 'y' },
    bundle: { type: 'string' },
    engine: { type: 'string' },
  });
  if (typeof words === 'string') return words;
  const { positionals, values } = words;
  const { json = false, fix = false, yes = false, bundle, engine } = values;
  if (positionals.length > 1) return 'One host, image or console URL at a time.';
  const [word] = positionals;
  const subject = parseSubject(word);
  if (subject === undefined) {
    return `${shownArgument(word ?? '')} is neither a registry host nor an image nor the URL of a console.`;
  }
  if (bundle === '') return '--bundle needs the name of a file.';
  if (yes && !fix) return '--yes goes with --fix.';
  if (fix && bundle !== undefined) return '--bundle reports what is there: first --fix, then --bundle.';
  const engines = ENGINES.filter((name) => engine === undefined || engine === name);
  if (engines.length === 0) return '--engine is docker or podman.';
  return { subject, engines, json, fix, yes, bundle };
}
