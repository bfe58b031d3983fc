import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { chromium, type Page } from 'playwright-core';
import { stringify } from 'yaml';
import { type ExampleWorld, REGISTRY, startExampleWorld } from '../../../test/docs/example-world.ts';
import type { DemoHome } from '../demo/demo-home.ts';
import { COLUMNS, terminalSvg } from './terminal-svg.ts';

const DAY_S = 86_400;
const ROBOTS = 'registry.robots.example.com';
const LAB = 'registry.lab.example.com';
const LAB_API = 'api.lab.example.com';
const pictures = fileURLToPath(new URL('../../../docs/pictures', import.meta.url));
const MOST_MS = 60_000;
/** A line up to where it is cleared. */
const CLEARED = new RegExp(`^.*${'\u001b'}\\[2?K`);

/** Runs lines at a terminal, as a person types them. @returns what is seen, with the prompts */
async function typed(world: ExampleWorld, home: DemoHome, commands: readonly string[]): Promise<string> {
  let seen = '';
  for (const command of commands) {
    // A bar of progress is no text that stays.
    const quiet = command.startsWith('podman ') ? `${command} 2>&1 | cat` : command;
    const printed = await atATerminal(world.asRun(quiet), home);
    seen += `\u001b[36m$\u001b[0m \u001b[1m${command}\u001b[0m\n${world.asShown(printed, home)}`;
  }
  return seen;
}

function atATerminal(line: string, { env, directory }: DemoHome): Promise<string> {
  const script = `stty cols ${COLUMNS} rows 50; ${line}`;
  const child = spawn('/usr/bin/script', ['-qefc', script, '/dev/null'], {
    env: { ...env, TERM: 'xterm' },
    cwd: directory,
    timeout: MOST_MS,
  });
  let printed = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    printed += text;
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', () => resolve(lastOfEachLine(printed)));
  });
}

/** What stays of a line that is written over. */
function lastOfEachLine(text: string): string {
  const lines = text.replaceAll('\r\n', '\n').split('\n');
  return lines.map((line) => line.slice(line.lastIndexOf('\r') + 1).replace(CLEARED, '')).join('\n');
}

function save(name: string, content: string | Buffer): void {
  mkdirSync(pictures, { recursive: true });
  writeFileSync(join(pictures, name), content);
  process.stdout.write(`docs/pictures/${name}\n`);
}

async function stalePull(world: ExampleWorld): Promise<void> {
  const home = world.openHome('stale');
  try {
    const pull = `podman pull ${REGISTRY}/base/tools`;
    save(
      'stale-pull.svg',
      terminalSvg('a public image, and a token that has expired', await typed(world, home, [pull])),
    );
    const context = 'alice-ns/api-example-com:6443/alice';
    await atATerminal(`docker-credential-openshift setup ${REGISTRY} --context ${context} --yes`, home);
    save('helped-pull.svg', terminalSvg('the same, with the helper', await typed(world, home, [pull])));
  } finally {
    home.remove();
  }
}

/** A machine of some history: a login that is good, one that ended, and a robot's. */
async function status(world: ExampleWorld): Promise<void> {
  const home = world.openHome('logged-out');
  const { sandbox } = world;
  try {
    const login = (createdSecondsAgo: number) =>
      sandbox.issueOAuthToken({ user: 'alice', lifeSeconds: 30 * DAY_S, createdSecondsAgo });
    const cluster = { 'certificate-authority': sandbox.caFile };
    const entries = [
      ['api.example.com', login(8 * DAY_S)],
      [LAB_API, login(33 * DAY_S)],
    ] as const;
    const kubeconfig = {
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'api.example.com',
      clusters: entries.map(([name]) => ({ name, cluster: { ...cluster, server: `https://${name}:6443` } })),
      users: entries.map(([name, token]) => ({ name: `alice/${name}`, user: { token } })),
      contexts: entries.map(([name]) => ({ name, context: { cluster: name, user: `alice/${name}` } })),
    };
    home.write('.kube/config', stringify(kubeconfig));
    const registries = {
      [REGISTRY]: { server: 'https://api.example.com:6443', user: 'alice/api.example.com' },
      [LAB]: { server: `https://${LAB_API}:6443`, user: `alice/${LAB_API}` },
      [ROBOTS]: {
        server: 'https://api.example.com:6443',
        user: 'alice/api.example.com',
        serviceAccount: 'alice-ns/puller',
      },
    };
    home.write('.config/docker-credential-openshift/config.yaml', stringify({ registries }));
    for (const host of [REGISTRY, LAB, ROBOTS])
      await atATerminal(`echo ${host} | docker-credential-openshift get`, home);
    save(
      'status.svg',
      terminalSvg(
        'whose login each registry gets',
        await typed(world, home, ['docker-credential-openshift status']),
      ),
    );
  } finally {
    home.remove();
  }
}

/** A login by the browser: what the terminal says, and the page that it ends with. */
async function login(world: ExampleWorld): Promise<void> {
  const home = world.openHome('expired');
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
  try {
    const context = 'alice-ns/api-example-com:6443/alice';
    await atATerminal(`docker-credential-openshift setup ${REGISTRY} --context ${context} --yes`, home);
    home.write('bin/opener', '#!/bin/sh\nprintf %s "$1" > "$HOME/address"\n');
    await atATerminal('chmod 755 bin/opener', home);
    const command = 'docker-credential-openshift login';
    const line = `BROWSER=$HOME/bin/opener ${command}`;
    const seen = atATerminal(line, home);
    const page = await browser.newPage({ ignoreHTTPSErrors: true, viewport: { width: 760, height: 470 } });
    await page.goto(await addressIn(home));
    await page.fill('[name=username]', 'alice');
    await page.fill('[name=password]', 'alice-password');
    await page.click('[type=submit]');
    for (const colorScheme of ['light', 'dark'] as const)
      save(`logged-in-${colorScheme}.png`, await shot(page, colorScheme));
    const printed = world.asShown(await seen, home);
    save(
      'login.svg',
      terminalSvg('one command, one click', `\u001b[36m$\u001b[0m \u001b[1m${command}\u001b[0m\n${printed}`),
    );
  } finally {
    await browser.close();
    home.remove();
  }
}

async function shot(page: Page, colorScheme: 'light' | 'dark'): Promise<Buffer> {
  await page.emulateMedia({ colorScheme });
  await page.waitForLoadState('load');
  return page.screenshot();
}

/** The address that the browser was opened with. */
async function addressIn(home: DemoHome): Promise<string> {
  for (let left = MOST_MS; left > 0; left -= 50) {
    const address = await atATerminal('cat address 2>/dev/null || true', home);
    if (address.startsWith('https://')) return address.trim();
    await setTimeout(50);
  }
  throw new Error('No browser was opened');
}

const world = await startExampleWorld({ registries: [LAB, ROBOTS], apis: [LAB_API] });
try {
  await stalePull(world);
  await status(world);
  await login(world);
} finally {
  await world.stop();
}
