import { runKubelet } from '../commands/kubelet/run-kubelet.ts';
import { thisNode } from '../commands/kubelet/this-node.ts';
import { printer } from '../process/terminal.ts';
import { place } from '../process/this-process.ts';
import { createSession } from '../session/session.ts';

/** `kubelet`, but for `provide`, which kubelets call. @returns the exit status */
export function kubelet(args: string[]): Promise<number> {
  return runKubelet(args, thisNode(createSession(place()), printer));
}
