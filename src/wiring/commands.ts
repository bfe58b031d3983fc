import { setTimeout as pause } from 'node:timers/promises';
import { isatty } from 'node:tty';
import type { CommandName } from '../commands/commands.ts';
import { cacheDirectory, configFile, type Place, stateDirectory } from '../files/directories.ts';
import { writeOut } from '../files/hot-files.ts';
import { once } from '../hosts/once.ts';
import { logged } from '../process/log.ts';
import { printer } from '../process/terminal.ts';
import { moment } from '../process/this-process.ts';
import { createSession } from '../session/session.ts';

/** How long one host may take: a job waits for it, and no engine. */
const HOST_MS = 20_000;
/** How long `service-account` may take: a dozen objects may have to be made. */
const OBJECTS_MS = 60_000;
/** How long `pull-secret` may take: a CronJob's run ends by itself long before its Job's deadline. */
const REFRESH_MS = 120_000;

/** A command, given the words after its name; comes to the exit status. */
type Command = (args: string[], here: Place) => Promise<number>;

/** Each command's own part of the program, loaded only for it. */
export const COMMAND: Record<CommandName | 'complete', Command> = {
  setup: async (args, here) => (await import('./setup.ts')).setup(args, here),
  login: async (args, here) => (await import('./login.ts')).login(args, here),
  doctor: async (args, here) => (await import('./doctor.ts')).doctor(args, here),

  renew: async (args, here) => {
    const { repairHere } = await import('../commands/renew/overriding-logins.ts');
    const { renewHost } = await import('../commands/renew/renew-outcome.ts');
    const { isByHand, runRenew } = await import('../commands/renew/run-renew.ts');
    const { pruneCache } = await import('../files/answers.ts');
    const { knownHosts } = await import('../session/known-hosts.ts');
    const byHand = isByHand(args, isatty(1));
    return runRenew(args, {
      ...printer,
      nowMs: Date.now,
      hosts: () => knownHosts(createSession(here)),
      renew: (host) =>
        logged(
          'renewed',
          { host },
          () => renewHost(host, here, byHand),
          ({ kind }) => ({ outcome: kind }),
        ),
      prune: async () => pruneCache(cacheDirectory(here), here.uid, moment()),
      repairEngines: (hosts) => repairHere(here, hosts),
      timer: async (action) =>
        (await import('../commands/timer/this-machine.ts')).runTimerHere(action, here, printer),
    });
  },

  status: async (args, here) => {
    const { overridesHere } = await import('../commands/doctor/lookup.ts');
    const { renewHost } = await import('../commands/renew/renew-outcome.ts');
    const { loginOf } = await import('../commands/status/host-status.ts');
    const { runStatus } = await import('../commands/status/run-status.ts');
    const { drawsBlocks, terminal } = await import('../process/this-terminal.ts');
    const { resolveByFiles } = await import('../session/facts.ts');
    const { allHosts } = await import('../session/known-hosts.ts');
    // Made when all checks are done: what they found is in the files by then. No request is ever made by it.
    const session = once(() => createSession(here));
    const overrides = once(() => overridesHere(here));
    return runStatus(args, {
      ...printer,
      terminal: terminal(here.env),
      bars: drawsBlocks(here.platform, here.env) ? 'unicode' : 'ascii',
      nowMs: Date.now,
      hosts: () => allHosts(createSession(here)),
      login: async (host) => {
        const overridden = overrides();
        const { resolution } = await resolveByFiles(host, session());
        return loginOf({ ...resolution, overrides: (await overridden)(host) });
      },
      check: (host) => renewHost(host, here, true),
    });
  },

  authfile: async (args, here) => {
    const { obtainLogin, runAuthfile } = await import('../commands/authfile/run-authfile.ts');
    const { inspectAuthFile, writeAuthFile } = await import('../engines/edits/auth-file.ts');
    return runAuthfile(args, {
      ...printer,
      nowMs: Date.now,
      inspect: (path, hosts) => inspectAuthFile(here, path, hosts),
      obtain: (host, wish) =>
        obtainLogin(host, wish, createSession(here, { withinMs: HOST_MS, eager: true, byHand: true })),
      write: (path, logins) => writeAuthFile(here, stateDirectory(here), path, logins),
    });
  },

  token: async (args, here) => {
    const { answerOfGet, runToken } = await import('../commands/token/run-token.ts');
    return runToken(args, {
      ...printer,
      nowMs: Date.now,
      isShown: isatty(1),
      decide: (host) => answerOfGet(host, createSession(here, { withinMs: HOST_MS, byHand: true })),
      writeSecret: (text) => writeOut(1, `${text}\n`),
    });
  },

  logout: async (args, here) => {
    const { mayGetLogin, placesOfLogins, signOut } = await import('../commands/logout/places.ts');
    const { revocableLogins } = await import('../commands/logout/revocable-logins.ts');
    const { runLogout } = await import('../commands/logout/run-logout.ts');
    const { runOtherHelper } = await import('../process/run-program.ts');
    const { terminal } = await import('../process/this-terminal.ts');
    const { resolve } = await import('../session/facts.ts');
    const { allHosts } = await import('../session/known-hosts.ts');
    const session = createSession(here, { withinMs: Number.POSITIVE_INFINITY, eager: true, byHand: true });
    return runLogout(args, {
      ...printer,
      terminal: terminal(here.env),
      knownHosts: async () => (await allHosts(createSession(here))).hosts,
      mayGetLogin: (host) => mayGetLogin(host, createSession(here)),
      revocable: (host) => revocableLogins(host, session),
      signOut: (host) =>
        logged(
          'signed-out',
          { host },
          () => signOut(host, session),
          () => ({ outcome: 'done' }),
        ),
      places: placesOfLogins(session, runOtherHelper),
      signInFix: async (host) =>
        (await resolve(host, session, { mayAsk: false, signedOut: true })).resolution.fix,
    });
  },

  'service-account': async (args, here) => {
    const { linkToAccount, logInForRequests, runServiceAccount } = await import(
      '../commands/service-account/run-service-account.ts'
    );
    const { createSetupFiles } = await import('../engines/edits/setup-files.ts');
    const { machineName } = await import('../process/version.ts');
    const open = () => createSession(here, { untilMs: OBJECTS_MS, byHand: true });
    return runServiceAccount(args, {
      ...printer,
      machineName,
      logIn: (host, name) => logInForRequests(host, name, open()),
      linkHost: (host, entry) => linkToAccount(host, entry, createSetupFiles(here, configFile(here)), open),
    });
  },

  /** But for `provide`, which kubelets call. */
  kubelet: async (args, here) => {
    const { runKubelet } = await import('../commands/kubelet/run-kubelet.ts');
    const { thisNode } = await import('../commands/kubelet/this-node.ts');
    return runKubelet(args, thisNode(createSession(here), printer));
  },

  'pull-secret': async (args, here) => {
    const { openRefresh } = await import('../commands/pull-secret/refresh-logins.ts');
    const { runPullSecret } = await import('../commands/pull-secret/run-pull-secret.ts');
    const { REFRESHER_IMAGE } = await import('../process/version.ts');
    const unhurried = { untilMs: REFRESH_MS, eager: true, byHand: true, patient: true };
    return runPullSecret(
      args,
      REFRESHER_IMAGE,
      (target, logins) =>
        openRefresh(target, logins, createSession(here, { ...unhurried, podDirectory: logins.podDirectory })),
      { ...printer, nowMs: Date.now, wait: (ms) => pause(ms), random: Math.random },
    );
  },

  /** What a shell asks while a command is typed; says nothing that it can't find out. */
  complete: async (words, here) => {
    const { complete, completionLines } = await import('../commands/complete.ts');
    const { allHosts } = await import('../session/known-hosts.ts');
    const offers = await complete(words, {
      hosts: async () => (await allHosts(createSession(here))).hosts,
      contexts: async () => {
        const { identities } = await createSession(here).identities();
        return [...new Set(identities.all.flatMap(({ context }) => context ?? []))];
      },
    });
    for (const line of completionLines(offers)) printer.print(line);
    return 0;
  },
};
