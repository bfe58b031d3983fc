import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterEach } from 'node:test';
import { fileURLToPath } from 'node:url';
import { shellQuoted } from '../../src/hosts/quoting.ts';
import { runWatchers } from './helper-program.ts';

/** Where a command was printed: the program that printed it, and what it knew. */
interface World {
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
}

interface Printed extends World {
  readonly run: string;
  /** A copy of the home directory, as it was when the command was printed. */
  readonly home: string | undefined;
  /** Which command printed it, back to the test's own. */
  readonly printedBy: readonly string[];
}

/** `oc` and `sudo`, where the machine has none. */
const STAND_INS = fileURLToPath(new URL('stand-ins', import.meta.url));
const SCRIPT = '/usr/bin/script';
/** A machine with much else to do still ends what it began. */
const LONGEST_MS = 120_000;
/** Longer than `login` looks for a server that keeps silent. */
const LONGEST_LOGIN_MS = 12_000;
const COPY_MS = 60_000;
/** How far advice is followed: doctor's own commands, and what those print. */
const FURTHEST = 3;
/** What `login` says last before it waits: nobody is there to answer. */
const WAITS_FOR_LOGIN = /(?:Password|Token|Username|API server)\b[^\n]*: $|Waiting for /;
const LOGIN = /^docker-credential-openshift login\b/;
const NAMES_LOGIN = /\b(?:docker-credential-openshift|oc|docker|podman) login\b/;
/** No server is there, it is no cluster's, the kubeconfig is named wrongly, no kubelet is there, or the config has a fault. */
const BROKEN_ON_PURPOSE =
  /\[(?:api-unreachable|no-oauth-metadata|kubeconfig-quoted|no-provider-config|config-broken)\]/;
/** Registries and clusters of the world outside, which no test asks. */
const LEADS_OUTSIDE = /\.ci\.openshift\.org|\.openshiftapps\.com|quay\.io|docker\.io/;
/** What changes the machine itself runs where its changes are gone afterwards. */
const CHANGES_MACHINE = /^sudo |\/etc\/|\/usr\//;
const OVERLAID = ['/etc/containers', '/etc/docker', '/usr/local/bin'];

const canUnshare = process.geteuid?.() === 0 && spawnSync('unshare', ['--mount', 'true']).status === 0;
/** The kinds that a test of this file printed before. */
const seen = new Set<string>();
const pending: Printed[] = [];

/**
 * Looks for commands in what a program printed, and keeps those of a kind that no test of this file printed before: they
 * are executed as they stand once the test is done, before its servers stop.
 */
function notePrinted(text: string, world: World, printedBy: readonly string[] = []): void {
  for (const run of commandsInJson(text) ?? commandsIn(text)) {
    if (!isFirst(run)) continue;
    const copied = moved({ ...world, run });
    if (copied !== undefined) pending.push({ ...copied, printedBy });
  }
}

/** Whether no test of this file printed a command of that kind before. */
function isFirst(run: string): boolean {
  const kind = kindOf(run);
  const isNew = !seen.has(kind);
  seen.add(kind);
  return isNew;
}

/** The commands after `Run:` and `run:`, without what follows them in a sentence. */
function commandsIn(text: string): string[] {
  return text.split('\n').flatMap((line) =>
    line
      .split(/\b[Rr]un: /)
      .slice(1)
      .map((rest) => rest.replace(/\. (?:[A-Z"]|\S+: ).*$|[.;] ?$/, '').trim()),
  );
}

/** A terminal's text without colours, moves and returns. */
function withoutControls(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what is taken out
  return text.replaceAll(/\u001b\[[\d;]*[A-Za-z]|\r/g, '');
}

/** What a `--json` has as `run` of a fix; undefined: the text is none. */
function commandsInJson(text: string): string[] | undefined {
  if (!text.startsWith('{')) return undefined;
  const found: string[] = [];
  try {
    JSON.parse(text, (name, value) => {
      if (name === 'run' && typeof value === 'string') found.push(value);
      return value;
    });
  } catch {
    // A credential with a line on stderr, or half of a document.
    return undefined;
  }
  return found;
}

/** A command without the names that differ from one test to the next. */
function kindOf(run: string): string {
  return run
    .replaceAll(
      /(?:https:\/\/)?(?:[\w-]+\.)+(?:test|example|com|org)(?::\d+)?|127\.0\.0\.1:\d+|localhost:\d+/g,
      'HOST',
    )
    .replaceAll(/\/tmp\/[\w-]+/g, 'TMP')
    .replaceAll(/(login|--context) (?!-)\S+/g, '$1 NAME')
    .replaceAll(/\d+/g, '0');
}

/** A command and its world with a copy of the home directory in place of the original; undefined: that hangs. */
function moved({ run, env, ...world }: World & { run: string }): Omit<Printed, 'printedBy'> | undefined {
  const original = env.HOME ?? '';
  if (!original.startsWith(tmpdir())) return { ...world, run, env, home: undefined };
  const home = mkdtempSync(join(tmpdir(), 'credential-helper-'));
  const inCopy = (text: string) => text.replaceAll(original, home);
  // Outside of this process: what lies there may hang, or be a pipe.
  const copy =
    'cp -a "$1/." "$2" && grep -rlFD skip -e "$1" "$2" | while read -r file; do sed -i "s#$1#$2#g" "$file"; done';
  const { status } = spawnSync('sh', ['-c', copy, 'sh', original, home], {
    timeout: COPY_MS,
    killSignal: 'SIGKILL',
  });
  if (status === null) {
    drop(home);
    return undefined;
  }
  return {
    run: inCopy(run),
    env: Object.fromEntries(Object.entries(env).map(([name, value]) => [name, inCopy(value)])),
    command: world.command.map(inCopy),
    cwd: inCopy(world.cwd),
    home,
  };
}

runWatchers.push(({ command, stdout, stderr }, { env, cwd = tmpdir() }) => {
  for (const text of [stdout, stderr]) notePrinted(text, { command, env, cwd });
});

/** What was printed in a world that is gone with the test's own end, such as a file system that hung, is not executed. */
export function leavePrinted(): void {
  for (const { home } of pending.splice(0)) drop(home);
}

afterEach(async () => {
  const faults: string[] = [];
  for (let next = pending.shift(); next !== undefined; next = pending.shift()) {
    const fault = await whatIsWrongWith(next);
    if (fault !== undefined) faults.push(fault);
    drop(next.home);
  }
  assert.deepEqual(faults, [], 'a command that was printed does not do what it is printed for');
});

function drop(home: string | undefined): void {
  if (home !== undefined) rmSync(home, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
}

async function whatIsWrongWith(printed: Printed): Promise<string | undefined> {
  const { run, printedBy } = printed;
  if (LEADS_OUTSIDE.test(run) || (CHANGES_MACHINE.test(run) && !canUnshare)) return undefined;
  const { status, shown } = await execute(printed);
  const further = [...printedBy, run];
  if (further.length < FURTHEST) notePrinted(shown, printed, further);
  if (status === 0 || WAITS_FOR_LOGIN.test(shown) || NAMES_LOGIN.test(shown)) return undefined;
  // It ends with 1 where there is a problem; the commands that it names for that are executed, too.
  if (
    /^docker-credential-openshift doctor\b/.test(run) &&
    status === 1 &&
    /\bproblem\b|\[check-late\]/.test(shown)
  )
    return undefined;
  // Nobody is there to type, or to finish what an exec plugin began.
  if (status === null && LOGIN.test(run)) return undefined;
  // So does this, and names what is to be written.
  if (
    /^docker-credential-openshift kubelet check\b/.test(run) &&
    status === 1 &&
    /ends at its next start/.test(shown)
  )
    return undefined;
  // What the test broke on purpose stands in the way, and that is what is said.
  if (BROKEN_ON_PURPOSE.test(shown)) return undefined;
  return `${further.join(' → ')}\nends with ${status}:\n${shown}`;
}

/** Whoever pastes a command has a shell's own PATH, and this program, which they started, is found at its end. */
function pathOf(path: string | undefined, command: readonly string[]): string {
  const own = command.find((word) => word.endsWith('/docker-credential-openshift'));
  return [path, '/usr/bin:/bin:/usr/sbin:/sbin', STAND_INS, own && dirname(own)]
    .filter((part) => part !== undefined && part !== '')
    .join(delimiter);
}

/** Executes a command at a terminal, as a person who pastes it, says yes, and does not log in. */
function execute({ run, command, env, cwd }: Printed): Promise<{ status: number | null; shown: string }> {
  const contained = CHANGES_MACHINE.test(run)
    ? `for place in ${OVERLAID.join(' ')}; do if [ -d $place ]; then mount -t tmpfs tmpfs $place; fi; done; ${run}`
    : run;
  const shell = ['/bin/sh', '-c', contained];
  const inside = CHANGES_MACHINE.test(run) ? ['/usr/bin/unshare', '--mount', ...shell] : shell;
  // Namespaces and users of the program's are the command's, too; the program itself is its last word.
  const line = [
    ...(['unshare', 'setpriv'].includes(command[0] ?? '') ? command.slice(0, -1) : []),
    ...inside,
  ];
  const child = spawn(SCRIPT, ['-qefc', line.map(shellQuoted).join(' '), '/dev/null'], {
    env: { ...env, PATH: pathOf(env.PATH, command), SHELL: '/bin/sh', TERM: 'xterm', EDITOR: 'true' },
    cwd: existsSync(cwd) ? cwd : tmpdir(),
    timeout: LOGIN.test(run) ? LONGEST_LOGIN_MS : LONGEST_MS,
    killSignal: 'SIGKILL',
  });
  let shown = '';
  let answered = 0;
  child.stdin.on('error', () => {});
  const read = (bytes: Buffer) => {
    shown += withoutControls(bytes.toString());
    for (const { index } of shown.slice(answered).matchAll(/\[y\/N\] /g)) {
      answered += index + 1;
      child.stdin.write('y\n');
    }
    if (WAITS_FOR_LOGIN.test(shown)) child.kill('SIGTERM');
  };
  child.stdout.on('data', read);
  child.stderr.on('data', read);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status) => resolve({ status, shown }));
  });
}
