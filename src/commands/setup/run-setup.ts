import type { HostSetup, OneEngine } from '../../engines/edits/setup-files.ts';
import { EXAMPLE_ENGINE } from '../../engines/engines.ts';
import { LOG_IN } from '../../hosts/login-command.ts';
import { nameInSentence } from '../../hosts/quoting.ts';
import { AppError, describeError, inOneLine, oneLine } from '../../hosts/reason.ts';
import { runAsCommand } from '../parse-words.ts';
import { SETUP } from './declaration.ts';
import { parseSetup, type SetupArguments } from './parse-setup.ts';
import { propose } from './propose.ts';
import type { Proof, SetupPorts } from './setup-ports.ts';
import { writeFiles } from './write-files.ts';

type Order<Kind> = Extract<SetupArguments, { kind: Kind }>;

/**
 * `setup [HOST…]`: finds registries and the logins they get, shows what would change in which file, and, once agreed
 * to, tells docker and podman to ask this helper for them; then asks each registry whether it works.
 * All files are planned before any is written, and none is where engines don't find the helper. `setup --undo` takes all of it back.
 * @returns the exit status: 0, also where a registry can't be proved to work; 1 for an error (said on stderr) or a
 *   person's no; 2 for a wrong command line
 */
export function runSetup(args: readonly string[], ports: SetupPorts): Promise<number> {
  return runAsCommand(SETUP, parseSetup(args), ports, (order) =>
    order.kind === 'undo' ? undo(order, ports) : setUp(order, ports),
  );
}

async function setUp(order: Order<'setup'>, ports: SetupPorts): Promise<number> {
  // Files that name a helper which engines don't find end even the public pulls that work now.
  const unfound = await ports.whyHelperUnfound();
  if (unfound !== undefined && !order.isDryRun) throw unfound;
  const { setups, anonymous, lines, warnings, hasLogins } = await propose(order, ports);
  const hosts = [...setups, ...anonymous];
  // What can't be written at all is told before anything else is.
  const isVoid = hosts.length === 0 && !order.inFiles;
  const files = isVoid ? [] : await ports.files.plan(setups, order.engine, anonymous, order.inFiles);
  // Whoever asks for private files asks for no registry, and has them by the second time.
  if (setups.length === 0 && !order.inFiles && files.every(({ changes }) => changes.length === 0)) {
    for (const warning of warnings) ports.printError(warning);
    throw nothingFound(hasLogins, warnings.length > 0);
  }
  for (const line of lines) ports.print(line);
  for (const warning of warnings) ports.printError(warning);
  const outcome = await writeFiles(files, order, ports);
  if (unfound !== undefined) throw unfound;
  if (outcome !== 'written') return outcome === 'shown' ? 0 : 1;
  if (setups.length === 0) return 0;
  // A host that was only found stays signed out, if it was: nobody spoke of it.
  const named = new Set(order.hosts.map(({ host }) => host));
  for (const { host } of setups) await (named.has(host) ? ports.signIn(host) : ports.forgetAnswer(host));
  const hasTimer = await offerTimer(order, ports);
  await offerPrivateFiles(order, ports);
  await proveAll(setups, order.engine, ports);
  return hasTimer ? 0 : 1;
}

/** Without a keychain `docker login` with another login, by a person or a step of a CI job, ends in an error. */
async function offerPrivateFiles({ hosts }: Order<'setup'>, ports: SetupPorts): Promise<void> {
  if (!(await ports.lacksSecretPlace())) return;
  const words = [...hosts.map(({ host }) => host), '--secrets-in-files'].join(' ');
  // A job has no config that lasts, and may have no place for one.
  const how =
    ports.environmentHosts.length > 0
      ? 'set DOCKER_CREDENTIAL_OPENSHIFT_SECRETS=file'
      : `run: docker-credential-openshift setup ${words}`;
  ports.print(
    `This machine has no keychain: \`docker login\` with another login fails. To keep such logins in private files, ${how}`,
  );
}

function nothingFound(hasLogins: boolean, isExplained: boolean): AppError {
  if (!hasLogins && !isExplained) {
    return new AppError({
      code: 'no-login',
      message: 'You are logged in to no cluster, so no registry can be found',
      fix: LOG_IN,
    });
  }
  return new AppError({
    code: 'nothing-to-set-up',
    message: 'No registry was found by your kubeconfig, so there is nothing to set up',
    fix: isExplained
      ? { do: 'Fix what is said above, then run this again.' }
      : { do: 'Name one: docker-credential-openshift setup HOST' },
  });
}

/**
 * The hourly renewal is a program of ours in the background: only a person's yes installs it.
 * @returns false: it was asked for beforehand and could not be installed
 */
async function offerTimer({ timer, isAgreed }: Order<'setup'>, ports: SetupPorts): Promise<boolean> {
  if (timer === false || (timer === undefined && (isAgreed || !ports.terminal.isInteractive))) return true;
  const isInstalled = await ports.timer.isInstalled();
  if (isInstalled === true) return true;
  // Where there can be none, whoever asked for it hears what there is instead.
  if (timer === true) return ports.timer.install();
  if (isInstalled === undefined) return true;
  const question = 'Renew tokens, and remove logins that override this helper, every hour in the background?';
  if (await ports.terminal.confirm(question)) await ports.timer.install();
  else ports.print('Not now. Later: docker-credential-openshift renew --install-timer');
  return true;
}

/**
 * Asks every registry, all at once, whether it takes what this helper answers, and looks whether the engines will ask
 * this helper at all; says what it found.
 */
async function proveAll(setups: readonly HostSetup[], engine: OneEngine, ports: SetupPorts): Promise<void> {
  ports.terminal.progress(`Asking ${setups.length === 1 ? 'the registry' : 'the registries'}`);
  const names = setups.flatMap(({ engineNames }) => engineNames);
  const [proofs, astray] = await Promise.all([
    Promise.all(
      setups.map(async (setup) => {
        const proof = await ports.prove(setup.host);
        const isAccepted = proof.kind === 'accepted';
        // An engine goes by other certificates than the helper, which has the kubeconfig's.
        const untrusting = isAccepted ? await ports.enginesUntrusting(setup.host, engine) : [];
        return { setup, proof, untrusting };
      }),
    ),
    ports.enginesAstray(names, engine),
  ]);
  ports.terminal.progress('');
  for (const { setup, proof, untrusting } of proofs) {
    const line = oneLine(`${setup.host}: ${inWords(setup.host, proof)}`);
    if (proof.kind !== 'accepted') ports.printError(line);
    else if (untrusting.length === 0) ports.print(line);
  }
  const failing = [...proofs.flatMap(({ untrusting }) => untrusting), ...astray];
  for (const { registry, why } of failing) {
    const reason = { code: 'engine-astray', why: `${registry}: ${why}`, fix: doctor(registry) };
    ports.printError(inOneLine([reason]));
  }
  const working = proofs.flatMap(({ setup, proof, untrusting }) =>
    proof.kind === 'accepted' && untrusting.length === 0
      ? setup.engineNames.map((registry) => ({ registry, image: proof.image }))
      : [],
  );
  const served = working.findLast(({ registry }) => !astray.some((lost) => lost.registry === registry));
  if (served === undefined) return;
  const { registry, image = 'NAMESPACE/IMAGE:TAG' } = served;
  ports.print(`Try: ${engine ?? EXAMPLE_ENGINE} pull ${registry}/${image}`);
}

function inWords(host: string, proof: Proof): string {
  switch (proof.kind) {
    case 'accepted':
      return `works: the registry accepts the login of ${nameInSentence(proof.username)}.`;
    case 'anonymous':
      return `set up, and pulls go on anonymously for now. ${proof.reasons.length === 0 ? 'It is linked to no cluster.' : inOneLine(proof.reasons)}`;
    case 'refused':
      return `set up, but the registry refuses the login. Run: ${doctor(host).run}`;
    case 'failing':
      return `set up, but the registry fails just now, so that nobody knows whether it takes the login. Run: ${doctor(host).run}`;
    case 'unreachable':
      return `set up, but the registry can't be reached from here. Run: ${doctor(host).run}`;
  }
}

function doctor(host: string): { readonly run: string } {
  return { run: `docker-credential-openshift doctor ${host}` };
}

async function undo(order: Order<'undo'>, ports: SetupPorts): Promise<number> {
  const planned = await ports.files.planUndo(order.hosts);
  const files = planned.filter(({ fault }) => fault === undefined);
  // What keeps one file from being what it was keeps no other.
  const faults = planned.flatMap(({ fault }) => fault ?? []);
  for (const fault of faults) ports.printError(describeError(fault));
  const ownsTimer = order.hosts === undefined && (await ports.timer.isOwn());
  if (files.length === 0 && !ownsTimer) {
    if (faults.length > 0) return 1;
    ports.print('There is nothing to take back.');
    await clear(order, ports);
    return 0;
  }
  for (const { path, left } of files) for (const sentence of left) ports.printError(`${path}: ${sentence}`);
  if (ownsTimer) ports.print('The renewal timer, which setup installed, goes, too.');
  const before = (await hostsInConfig(ports)) ?? [];
  const outcome = await writeFiles(files, order, ports, ownsTimer);
  const status = faults.length > 0 ? 1 : 0;
  if (outcome !== 'written') return outcome === 'shown' ? status : 1;
  if (ownsTimer) await ports.timer.remove();
  const after = (await hostsInConfig(ports)) ?? [];
  for (const host of before) if (!after.includes(host)) await ports.forgetAnswer(host);
  if (status === 0) await clear(order, ports);
  return status;
}

/** Once nothing is set up any more, nothing stays for it; a robot's token that mints the next one is in the cache, too. */
async function clear({ hosts, isDryRun }: Order<'undo'>, ports: SetupPorts): Promise<void> {
  if (hosts === undefined && !isDryRun && (await hostsInConfig(ports))?.length === 0)
    await ports.removeCached();
}

/** @returns undefined: the config can't be read */
async function hostsInConfig({ files }: SetupPorts): Promise<readonly string[] | undefined> {
  try {
    return [...(await files.configuredHosts()).keys()];
  } catch (error) {
    // Out of reach: that is told of the file, if there is anything to take back in it.
    if (!(error instanceof AppError)) throw error;
    return undefined;
  }
}
