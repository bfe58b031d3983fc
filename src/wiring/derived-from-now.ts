import { readKey } from '../files/answer-file.ts';
import { cacheDirectory, type Place } from '../files/directories.ts';
import { stampOf } from '../files/hot-files.ts';
import { answerEnvironment, type CachedAnswer } from '../hosts/cached-answer.ts';
import { workingDirectory } from './this-process.ts';

/** Whether what a record was derived from is as it was then, however long ago: else its answer says nothing of now. */
export function isDerivedFromNow({ sources, environment }: CachedAnswer, here: Place): boolean {
  const { env, uid } = here;
  const cache = cacheDirectory(here);
  const key = cache === null ? null : readKey(cache, uid);
  if (key === null || environment !== answerEnvironment(env, uid, workingDirectory, key)) return false;
  return sources.every(([path, stamp]) => stampOf(path) === stamp);
}
