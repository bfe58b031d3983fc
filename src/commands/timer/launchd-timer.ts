import { posix } from 'node:path';
import { AppError } from '../../hosts/reason.ts';
import { differences, outdated } from './compare-timer.ts';
import { adviseCron, cronStatus, removeFromCron } from './cron.ts';
import { sayInstalled } from './install-notes.ts';
import { launchdAgent, nameOfAgentLine } from './launchd-agent.ts';
import { timerCommand } from './timer-command.ts';
import { homeOf, timerEnvironment } from './timer-environment.ts';
import { reasonOf, removeTimerFiles, replaceTimerFiles } from './timer-files.ts';
import { INSTALL_COMMAND, TIMER_NAME, type TimerPorts } from './timer-ports.ts';

/** What `bootstrap` answers while launchd still lets go of the former agent: EIO, and EALREADY. It takes about 5 s. */
const STILL_LEAVING = [5, 37];
const PAUSE_MS = 500;
const ATTEMPTS = 30;

/**
 * Writes the agent and loads it; where nobody is logged in at the screen, prints a line for cron instead.
 * @returns 0, or 1 if nothing was installed. Throws an AppError; the agent is then as before.
 */
export async function installAgent(ports: TimerPorts): Promise<number> {
  const environment = timerEnvironment(ports);
  const text = wantedAgent(ports);
  const session = await ports.run('launchctl', ['print', domain(ports)]);
  if (session === 'missing' || session.status !== 0) {
    return adviseCron(ports, 'launchd runs agents only for who is logged in at the screen');
  }
  const path = agentPath(ports);
  await replaceTimerFiles(
    new Map([[path, text]]),
    ports,
    async (changed) => {
      if (!changed && (await loadedAgent(ports)) !== undefined) return;
      // An agent that was switched off once can't be loaded before this.
      await ports.run('launchctl', ['enable', service(ports)]);
      await ports.run('launchctl', ['bootout', service(ports)]);
      await bootstrap(path, ports);
    },
    async () => {
      // The former agent, if there was one: it was taken out of launchd to load the new one.
      if ((await ports.readText(path)) !== undefined)
        await ports.run('launchctl', ['bootstrap', domain(ports), path]);
    },
  );
  sayInstalled(TIMER_NAME, environment, ports);
  return 0;
}

/** Unloads the agent and removes it. Returns 0, or 1 if cron still has a line of ours. Throws an AppError. */
export async function removeAgent(ports: TimerPorts): Promise<number> {
  // Fails if it is not loaded, which is what is wanted.
  await ports.run('launchctl', ['bootout', service(ports)]);
  const removed = await removeTimerFiles([agentPath(ports)], ports);
  for (const path of removed) ports.print(`${path}: removed`);
  return removeFromCron(ports, removed.length > 0);
}

/** Prints the last result, the agent's path and whether it is up to date. Returns 0 if it is loaded and so, else 1. */
export async function agentStatus(ports: TimerPorts): Promise<number> {
  const path = agentPath(ports);
  const [installed, loaded] = [await ports.readText(path), await loadedAgent(ports)];
  if (installed === undefined) return cronStatus(ports);
  // launchd does not tell when it will start an agent of an interval.
  ports.print(`Next run: ${loaded === undefined ? 'none' : 'within an hour of the last, and at login'}`);
  ports.print(`Last run: ${lastRun(loaded)}`);
  ports.print(`Agent: ${path}`);
  if (loaded === undefined) ports.printError(`The agent is not loaded. Run: ${INSTALL_COMMAND}`);
  const changed = differences(installed, wantedAgent(ports), nameOfAgentLine);
  if (changed.length > 0) ports.printError(outdated('The timer', changed));
  else ports.print('The agent is up to date.');
  return loaded !== undefined && changed.length === 0 ? 0 : 1;
}

async function bootstrap(path: string, ports: TimerPorts): Promise<void> {
  const args = ['bootstrap', domain(ports), path];
  for (let attempt = 1; ; attempt++) {
    const result = await ports.run('launchctl', args);
    if (result !== 'missing' && result.status === 0) return;
    const again = result !== 'missing' && STILL_LEAVING.includes(result.status) && attempt < ATTEMPTS;
    if (!again) {
      throw new AppError({
        code: 'TIMER_COMMAND_FAILED',
        message: `\`launchctl ${args.join(' ')}\` failed (${reasonOf(result)})`,
        fix: { run: INSTALL_COMMAND },
      });
    }
    await ports.pause(PAUSE_MS);
  }
}

/** What launchd says of the agent; undefined if it does not know it. */
async function loadedAgent(ports: TimerPorts): Promise<string | undefined> {
  const result = await ports.run('launchctl', ['print', service(ports)]);
  return result === 'missing' || result.status !== 0 ? undefined : result.stdout;
}

function lastRun(printed: string | undefined): string {
  const code = /^\s*last exit code = (.+)$/m.exec(printed ?? '')?.[1];
  if (code === undefined || code === '(never exited)') return 'not since login';
  return code === '0' ? 'success' : `failed (exit status ${code}). See: ~/Library/Logs/${TIMER_NAME}.log`;
}

function wantedAgent(ports: TimerPorts): string {
  const log = posix.join(homeOf(ports.env), 'Library/Logs', `${TIMER_NAME}.log`);
  return launchdAgent(timerCommand(ports.binary), timerEnvironment(ports).variables, log);
}

function agentPath({ env }: TimerPorts): string {
  return posix.join(homeOf(env), 'Library/LaunchAgents', `${TIMER_NAME}.plist`);
}

function domain({ uid }: TimerPorts): string {
  return `gui/${uid}`;
}

function service(ports: TimerPorts): string {
  return `${domain(ports)}/${TIMER_NAME}`;
}
