import { oneLine } from '../../credential/answer.ts';
import type { HostSetup, OneEngine, Proof, SetupPorts } from './setup-ports.ts';

/** Asks every registry, all at once, whether what was set up works, and says so. */
export async function proveAll(
  setups: readonly HostSetup[],
  engine: OneEngine,
  ports: SetupPorts,
): Promise<void> {
  ports.terminal.progress(`Asking ${setups.length === 1 ? 'the registry' : 'the registries'}`);
  const proofs = await Promise.all(setups.map(async ({ host }) => [host, await ports.prove(host)] as const));
  ports.terminal.progress('');
  for (const [host, proof] of proofs) {
    const line = oneLine(`${host}: ${inWords(host, proof)}`);
    if (proof.kind === 'accepted') ports.print(line);
    else ports.printError(line);
  }
  const accepted = setups.filter(({ host }) =>
    proofs.some(([of, { kind }]) => of === host && kind === 'accepted'),
  );
  for (const { engineNames } of accepted.slice(0, 1))
    ports.print(`Try: ${engine ?? 'podman'} pull ${engineNames.at(-1)}/NAMESPACE/IMAGE:TAG`);
}

function inWords(host: string, proof: Proof): string {
  switch (proof.kind) {
    case 'accepted':
      return `works: the registry accepts the login of ${proof.username}.`;
    case 'anonymous':
      return `set up, and pulls go on anonymously for now. ${proof.reason}`;
    case 'refused':
      return `set up, but the registry refuses the login. Run: docker-credential-openshift doctor ${host}`;
    case 'unreachable':
      return `set up, but the registry can't be reached from here. Run: docker-credential-openshift doctor ${host}`;
  }
}
