import type { HostSetup, OneEngine } from '../../engines/edits/setup-files.ts';
import { nameInSentence } from '../../hosts/quoting.ts';
import { oneLine } from '../../hosts/reason.ts';
import type { Proof, SetupPorts } from './setup-ports.ts';

/**
 * Asks every registry, all at once, whether it takes what this helper answers, and looks whether the engines will ask
 * this helper at all; says what it found.
 */
export async function proveAll(
  setups: readonly HostSetup[],
  engine: OneEngine,
  ports: SetupPorts,
): Promise<void> {
  ports.terminal.progress(`Asking ${setups.length === 1 ? 'the registry' : 'the registries'}`);
  const names = setups.flatMap(({ engineNames }) => engineNames);
  const [proofs, astray] = await Promise.all([
    Promise.all(setups.map(async (setup) => ({ setup, proof: await ports.prove(setup.host) }))),
    ports.enginesAstray(names, engine),
  ]);
  ports.terminal.progress('');
  for (const { setup, proof } of proofs) {
    const line = oneLine(`${setup.host}: ${inWords(setup.host, proof)}`);
    if (proof.kind === 'accepted') ports.print(line);
    else ports.printError(line);
  }
  for (const { engine: name, registry, why } of astray) {
    const mend = `docker-credential-openshift doctor ${registry}`;
    ports.printError(oneLine(`${registry}: ${name} does not ask this helper for it: ${why}. Run: ${mend}`));
  }
  const lost = new Set(astray.map(({ registry }) => registry));
  const working = proofs.flatMap(({ setup, proof }) => (proof.kind === 'accepted' ? setup.engineNames : []));
  const name = working.findLast((registry) => !lost.has(registry));
  if (name !== undefined) ports.print(`Try: ${engine ?? 'podman'} pull ${name}/NAMESPACE/IMAGE:TAG`);
}

function inWords(host: string, proof: Proof): string {
  switch (proof.kind) {
    case 'accepted':
      return `works: the registry accepts the login of ${nameInSentence(proof.username)}.`;
    case 'anonymous':
      return `set up, and pulls go on anonymously for now. ${proof.reason}`;
    case 'refused':
      return `set up, but the registry refuses the login. Run: docker-credential-openshift doctor ${host}`;
    case 'failing':
      return `set up, but the registry answers and fails just now, so that nobody knows whether it takes the login. Run: docker-credential-openshift doctor ${host}`;
    case 'unreachable':
      return `set up, but the registry can't be reached from here. Run: docker-credential-openshift doctor ${host}`;
  }
}
