import type { Place } from '../files/directories.ts';
import { stampOf } from '../files/hot-files.ts';
import { answerEnvironment, type CachedAnswer } from '../hosts/cached-answer.ts';
import { workingDirectory } from './this-process.ts';

/** Whether what a record was derived from is as it was then, however long ago: else its answer says nothing of now. */
export function isDerivedFromNow(
  { sources, environment }: CachedAnswer,
  { env, uid }: Pick<Place, 'env' | 'uid'>,
): boolean {
  if (environment !== answerEnvironment(env, uid, workingDirectory)) return false;
  return sources.every(([path, stamp]) => stampOf(path) === stamp);
}
