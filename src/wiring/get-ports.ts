import { readStdinAtOnce, writeAnswerOut } from '../files/hot-files.ts';
import { exit, place, recall } from '../process/this-process.ts';
import { type GetPorts, writeAnswer } from '../protocol/serve-get.ts';

/** What `get` needs while a cached answer serves: nothing else is loaded until one does not. */
export function getPorts(): GetPorts {
  const here = place();
  return {
    readStdinAtOnce,
    write: writeAnswerOut,
    exit,
    recall: (host) => recall(host, here),
    getKept: (bytes, kept) => {
      void import('./get-kept.ts').then(({ getKept }) => getKept(bytes, kept, here)).catch(failLoading);
    },
    getSlowly: (bytesSoFar, complete) => {
      void import('./get-slowly.ts')
        .then(({ getSlowly }) => getSlowly(bytesSoFar, complete))
        .catch(failLoading);
    },
  };
}

/** No memory or descriptors left, a part of the program gone: the last net of `get`, when even its own is out of reach. */
function failLoading(): void {
  exit(
    writeAnswer(
      '',
      { kind: 'anonymous', reasons: [{ code: 'not-started', why: 'it could not be started' }] },
      { write: writeAnswerOut },
    ),
  );
}
