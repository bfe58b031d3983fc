import type { Answer, SaidAnswer } from '../hosts/answer.ts';
import { type Reason, reasonOf } from '../hosts/reason.ts';
import {
  type ProviderRequest,
  providerResponse,
  readProviderRequest,
  remark,
  versionAskedIn,
} from './protocol.ts';

/** What was decided, and what remains to be done once it was said. */
export interface ProviderAnswer {
  readonly answer: Answer;
  readonly warnings?: readonly Reason[];
  /** Keeps the answer for the next time. */
  keep(): Promise<void>;
}

export interface ProviderPorts {
  nowMs(): number;
  /** All of stdin, as text. @throws AppError `bad-provider-request`: it is a terminal, or too long */
  readAll(): Promise<string>;
  /** The response to the same request that may be repeated, or null. */
  recall(request: ProviderRequest): SaidAnswer | null;
  decide(request: ProviderRequest): Promise<ProviderAnswer>;
  write(fd: 1 | 2, text: string): void;
  exit(status: number): void;
  /** Calls back when the time for the whole call has run out. */
  onDeadline(call: () => void): void;
  /** Calls back for a fault that nothing waits for, which would end the process in its own way. */
  onStrayFault(call: (error: unknown) => void): void;
}

/**
 * A kubelet's call of its credential provider (k8s.io/kubernetes, pkg/credentialprovider/plugin/plugin.go). It ends in
 * exactly one response and status 0, whatever happens: any other status says nothing more to a kubelet, and after a stale
 * credential it tries no pull without one. The process ends with it, far within the kubelet's minute.
 */
export async function serveProvider(ports: ProviderPorts): Promise<void> {
  let isSaid = false;
  let asked: Parameters<typeof providerResponse>[0] = { version: 'v1', registry: '' };
  const say = ({ out, err }: Pick<SaidAnswer, 'out' | 'err'>): void => {
    // Once something was said, the deadline only ends what comes after it.
    if (isSaid) return;
    isSaid = true;
    ports.write(1, `${out}\n`);
    if (err !== '') ports.write(2, `${err}\n`);
  };
  const sayNone = (reason: Reason): void =>
    say(providerResponse(asked, { kind: 'anonymous', reasons: [reason] }, ports.nowMs()));
  const giveUp = (reason: Reason): void => {
    sayNone(reason);
    ports.exit(0);
  };
  ports.onDeadline(() => giveUp(late(asked.registry)));
  ports.onStrayFault((error) => giveUp(reasonOf(error)));
  try {
    const text = await ports.readAll();
    asked = { version: versionAskedIn(text), registry: '' };
    const request = readProviderRequest(text);
    asked = request;
    const recalled = ports.recall(request);
    if (recalled !== null) {
      say(recalled);
    } else {
      const { answer, warnings = [], keep } = await ports.decide(request);
      say(providerResponse(request, answer, ports.nowMs()));
      if (warnings.length > 0) ports.write(2, `${remark(warnings, 'Warning: ')}\n`);
      await keep();
    }
  } catch (error) {
    // The outermost net: no fault may become another answer.
    sayNone(reasonOf(error));
  }
  ports.exit(0);
}

function late(registry: string): Reason {
  if (registry === '') {
    const fix = { run: 'docker-credential-openshift help kubelet' };
    return { code: 'late', why: 'No request came in time: stdin stayed open', fix };
  }
  return {
    code: 'late',
    why: `No answer for ${registry} in time: a cluster, a plugin or a file takes too long`,
    fix: { run: `docker-credential-openshift doctor ${registry}` },
  };
}
