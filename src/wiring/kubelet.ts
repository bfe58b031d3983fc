import { KUBELET } from '../commands/kubelet/declaration.ts';
import { parseWords, runAsCommand } from '../commands/parse-words.ts';
import { printer } from '../process/terminal.ts';

/** `kubelet`, but for `provide`, which kubelets call. @returns the exit status */
export function kubelet(args: string[]): Promise<number> {
  const read = parseWords(args, KUBELET);
  const parsed =
    typeof read === 'string' ? read : `Say what to do: ${KUBELET.words[0].completes.join(', ')}.`;
  return runAsCommand(KUBELET, parsed, printer, async () => 0);
}
