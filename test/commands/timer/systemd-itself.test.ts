import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import {
  environmentLine,
  execStartLine,
  SERVICE_UNIT,
  systemdService,
  systemdTimer,
  TIMER_UNIT,
} from '../../../src/commands/timer/systemd-units.ts';
import fc from '../../support/properties.ts';

const MANAGER = ['/usr/lib/systemd/systemd', '/lib/systemd/systemd'].find((path) => existsSync(path));
/** systemd's test mode refuses to run as root. */
const NOBODY = 65534;

// systemd is Linux's; elsewhere the units are never written.
if (process.platform === 'linux') {
  describe('systemd itself', () => {
    let root = '';
    let helper = '';

    before(() => {
      assert.ok(MANAGER, 'systemd is not installed; on Debian: apt-get install systemd');
      root = mkdtempSync(join(tmpdir(), 'timer-'));
      chmodSync(root, 0o755);
      for (const name of ['run', 'home', 'units']) {
        mkdirSync(join(root, name), { mode: 0o700 });
        if (process.getuid?.() === 0) chownSync(join(root, name), NOBODY, NOBODY);
      }
      helper = join(root, 'my %h$elper');
      writeFileSync(helper, '#!/bin/sh\n', { mode: 0o755 });
    });
    after(() => rmSync(root, { recursive: true, force: true }));

    /** Runs one of systemd's programs over the units in `units`; starts nothing. */
    function systemd(program: string, args: string[]): { status: number | null; text: string } {
      const unprivileged = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
      const units = join(root, 'units');
      const result = spawnSync(program, args, {
        ...unprivileged,
        cwd: root,
        encoding: 'utf8',
        maxBuffer: 64 * 1024 * 1024,
        env: {
          PATH: '/usr/bin:/bin',
          LC_ALL: 'C.UTF-8',
          HOME: join(root, 'home'),
          XDG_RUNTIME_DIR: join(root, 'run'),
          SYSTEMD_LOG_TARGET: 'console',
          SYSTEMD_UNIT_PATH: `${units}:/usr/lib/systemd/user`,
        },
      });
      assert.equal(result.error, undefined, `${program}: ${result.error}`);
      return { status: result.status, text: result.stdout + result.stderr };
    }
    const unit = (name: string, text: string) => {
      const path = join(root, 'units', name);
      writeFileSync(path, text, { mode: 0o644 });
      return path;
    };

    test('systemd-analyze finds no fault in the units', () => {
      const variables = [
        ['KUBECONFIG', '/a b:/c%d'],
        ['NO_PROXY', '"$x" \\'],
      ] as const;
      const service = unit(SERVICE_UNIT, systemdService({ command: [helper, 'renew', '--all'], variables }));
      const timer = unit(TIMER_UNIT, systemdTimer());
      const { status, text } = systemd('systemd-analyze', ['--user', '--man=no', 'verify', service, timer]);
      assert.deepEqual([status, text], [0, '']);
    });

    test('systemd-analyze finds no fault in the unit that writes an auth file', () => {
      const paths = ['service', 'timer'].map((kind) => {
        const name = `docker-credential-openshift-authfile@.${kind}`;
        const text = readFileSync(join(import.meta.dirname, '../../../packaging/systemd', name), 'utf8');
        const plain = join(root, 'helper');
        writeFileSync(plain, '#!/bin/sh\n', { mode: 0o755 });
        unit(name, text.replace('/usr/bin/docker-credential-openshift', plain));
        return join(root, 'units', name.replace('@', '@builds'));
      });
      const { status, text } = systemd('systemd-analyze', ['--user', '--man=no', 'verify', ...paths]);
      assert.deepEqual([status, text], [0, '']);
    });

    test('systemd-analyze does find fault in a unit whose helper is gone', () => {
      const gone = unit(
        'gone.service',
        systemdService({ command: [join(root, 'gone'), 'renew'], variables: [] }),
      );
      const { status, text } = systemd('systemd-analyze', ['--user', '--man=no', 'verify', gone]);
      assert.notEqual(status, 0);
      assert.match(text, /is not executable/);
    });

    test('whatever stands in a variable or an argument, systemd reads it as it was', () => {
      const value = fc
        .array(
          fc.oneof(
            fc.constantFrom(
              '%',
              '$',
              '"',
              "'",
              '\\',
              ' ',
              ';',
              '#',
              '=',
              '%h',
              '$HOME',
              '{HOME}',
              '\\n',
              '-',
            ),
            fc.string({ unit: 'binary', minLength: 1, maxLength: 4 }),
          ),
          { minLength: 1, maxLength: 12 },
        )
        .map((parts) => parts.join('').replaceAll(/[\p{Cc}\p{Cs}\p{NChar}]/gu, ''))
        .filter((text) => text !== '');
      // One start of systemd reads them all.
      const values = [...fc.sample(value, 200), 'a\u00a0b', 'a\u2028b', '\ufeff', '\u3000x'];
      const command = [helper, ...values];
      const lines = values.map((text, index) => environmentLine(`V${index}`, text));
      unit('sample.service', ['[Service]', 'Type=oneshot', ...lines, execStartLine(command), ''].join('\n'));
      const { text: dump } = systemd(MANAGER ?? '', [
        '--user',
        '--test',
        '--no-pager',
        '--unit=sample.service',
      ]);
      const [, text = ''] = dump.split('-> Unit sample.service:\n');
      const read = Array.from(text.matchAll(/(?<=\n)\t\tEnvironment: V(\d+)=([^\n]*)/g), (match) => match[2]);
      assert.deepEqual(read, values);
      const printed = /\n\t\t\tCommand Line: ([^\n]*)/.exec(text)?.[1] ?? '';
      const [program, ...args] = printedWords(printed);
      assert.equal(program, helper);
      assert.deepEqual(args.map(expandDollars), values);
    });
  });
}

/**
 * The words of a command line as systemd prints it, which takes only spaces for white space: bare, or in double quotes with `\` before
 * `"\$` and a backtick.
 */
function printedWords(line: string): string[] {
  return Array.from(line.matchAll(/"((?:[^"\\]|\\.)*)"|([^ ]+)/gsu), ([, quoted, bare]) =>
    bare === undefined ? (quoted ?? '').replaceAll(/\\(.)/gsu, '$1') : bare,
  );
}

/** systemd.service(5): at the start of a command `$$` becomes `$`; a single one would be a variable. */
function expandDollars(word: string): string {
  assert.doesNotMatch(word.replaceAll('$$', ''), /\$/);
  return word.replaceAll('$$', '$');
}
