import type { Answer } from '../hosts/answer.ts';
import { inOneLine, type Reason, reasonOf } from '../hosts/reason.ts';
import { type GetPorts, requestedHost, requestedText, respelt, sayAnswer, writeAnswer } from './serve-get.ts';
import { TERMINAL } from './wait-for-stdin.ts';

/** What was decided, and what remains to be done once it was said. */
export interface SlowAnswer {
  readonly answer: Answer;
  readonly warnings?: readonly Reason[];
  /** Keeps the answer for the next time. */
  keep(): Promise<void>;
}

export interface GetSlowlyPorts extends Pick<GetPorts, 'recall' | 'write' | 'exit'> {
  waitForStdin(bytesSoFar: string): Promise<string | typeof TERMINAL>;
  decide(host: string): Promise<SlowAnswer>;
  /** Told once of what is answered. */
  noteAnswer?(answer: Answer): void;
  /** Calls back when the time for the whole of `get` has run out. */
  onDeadline(call: () => void): void;
  /** Calls back for a fault that nothing waits for, which would end the process in its own way. */
  onStrayFault(call: (error: unknown) => void): void;
}

const NOTHING: Answer = { kind: 'anonymous', reasons: [] };

/**
 * The protocol's `get`, when nothing usable is cached. It ends in one of the two answers whatever happens, and the
 * process ends with it, in time: a request that still hangs can't hold it.
 */
export async function serveGetSlowly(
  bytesSoFar: string,
  complete: boolean,
  ports: GetSlowlyPorts,
): Promise<void> {
  let status: number | undefined;
  const end = (serverUrl: string, answer: Answer): void => {
    // Once something was said, the deadline only ends what comes after it.
    if (status !== undefined) return;
    status = writeAnswer(serverUrl, answer, ports);
    ports.noteAnswer?.(answer);
  };
  let asked: string | null = null;
  ports.onDeadline(() => {
    end('', { kind: 'anonymous', reasons: [lateFor(asked)] });
    ports.exit(status ?? 1);
  });
  ports.onStrayFault((error) => {
    end('', { kind: 'anonymous', reasons: [reasonOf(error)] });
    ports.exit(status ?? 1);
  });
  try {
    const bytes = complete ? bytesSoFar : await ports.waitForStdin(bytesSoFar);
    const host = bytes === TERMINAL ? null : requestedHost(bytes);
    if (bytes === TERMINAL || host === null) {
      if (bytes === TERMINAL) ports.write(2, 'Usage: echo REGISTRY_HOST | docker-credential-openshift get\n');
      end('', NOTHING);
      return ports.exit(status ?? 1);
    }
    asked = host;
    const recalled = ports.recall(host);
    if (recalled?.kind === 'said') {
      status ??= sayAnswer(respelt(requestedText(bytes), host, recalled), ports);
    } else {
      const { answer, warnings = [], keep } = await ports.decide(host);
      end(requestedText(bytes), answer);
      if (warnings.length > 0) {
        ports.write(2, `docker-credential-openshift: Warning: ${inOneLine(warnings)}\n`);
      }
      await keep();
    }
  } catch (error) {
    // The outermost net: no fault may become a third answer.
    end('', { kind: 'anonymous', reasons: [reasonOf(error)] });
  }
  ports.exit(status ?? 1);
}

/** Why there is nothing at the deadline. `renew` waits longer, and then tells who did not answer. */
function lateFor(host: string | null): Reason {
  if (host === null) {
    const fix = { run: 'echo REGISTRY_HOST | docker-credential-openshift get' };
    return { code: 'late', why: 'No registry host came in time: stdin stayed open', fix };
  }
  return {
    code: 'late',
    why: `No answer for ${host} in time: a cluster, a plugin or a file takes too long`,
    fix: { run: `docker-credential-openshift renew ${host}` },
  };
}
