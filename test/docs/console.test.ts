import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { DemoHome } from '../../scripts/lib/demo/demo-home.ts';
import { findProgram } from '../support/find-program.ts';
import { askedInTime, saysLate } from '../support/in-time.ts';
import { type ExampleWorld, isStart, startExampleWorld } from './example-world.ts';
import { type Block, blocksOf, pages, ROOT } from './pages.ts';

/*
 * Every ```console block is run: `$ COMMAND`, and below it what it prints, in which `…` stands for what differs from one
 * machine or minute to another, or was left out. The blocks of a page share a home, as its reader has
 * one; a word behind `console` begins anew, in another state of the machine, and `no-run: WHY` leaves a block out.
 * UPDATE=1 writes down what was printed.
 */

const AT_MOST_MS = 120_000;

interface Step {
  readonly command: string;
  readonly shown: readonly string[];
}

function stepsOf({ lines }: Block): Step[] {
  const steps: { command: string; shown: string[] }[] = [];
  for (const line of lines) {
    if (line.startsWith('$ ')) steps.push({ command: line.slice(2), shown: [] });
    else if (steps.length > 0 && steps.at(-1)?.command.endsWith('\\')) {
      const last = steps.at(-1) as { command: string };
      last.command += `\n${line}`;
    } else steps.at(-1)?.shown.push(line);
  }
  return steps;
}

/** Runs a line as a shell does; stderr comes where it is printed. */
function run(command: string, { env, directory }: DemoHome): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn('/bin/sh', ['-c', `exec 2>&1\n${command}`], {
      env,
      cwd: directory,
      stdio: ['ignore', 'pipe', 'inherit'],
      timeout: AT_MOST_MS,
    });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
    child.once('error', reject);
    child.once('close', () => resolve(output));
  });
}

/**
 * What a page shows, as an expression for what may be printed. Where lines break is nobody's business: that depends on how
 * long the name of the home is here.
 */
function expected(shown: readonly string[]): RegExp {
  const quoted = (text: string) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll('…', '.*');
  const parts = shown.map((line) => (line.trim() === '…' ? '.*' : quoted(inOneSpace(line))));
  return new RegExp(`^ ?${parts.filter((part) => part !== '').join(' ?')} ?$`);
}

function inOneSpace(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}

const lacksPodman = findProgram('podman') === undefined ? 'podman is not installed' : false;

describe('what the docs show is what is printed', () => {
  let world: ExampleWorld;
  before(async () => {
    world = await startExampleWorld();
  });
  after(() => world.stop());

  for (const page of pages()) {
    const blocks = blocksOf(page).filter(({ info }) => /^console\b/.test(info));
    const ran = blocks.filter(({ info }) => !info.startsWith('console no-run: '));
    if (ran.length === 0) continue;
    const needsPodman = ran.some(({ lines }) => lines.some((line) => /^\$ .*\bpodman\b/.test(line)));
    const skip = needsPodman && lacksPodman;
    test(`${page.path}${skip ? ` – skipped: ${skip}` : ''}`, { skip }, async () => {
      let home = world.openHome('logged-in');
      try {
        for (const block of ran) {
          const start = block.info.slice('console'.length).trim();
          if (start !== '') {
            assert.ok(isStart(start), `${page.path}:${block.at}: there is no state "${start}"`);
            home.remove();
            home = world.openHome(start);
          }
          const printed: string[] = [];
          for (const { command, shown } of stepsOf(block)) {
            const said = await askedInTime(() => run(world.asRun(command), home), saysLate);
            const output = world.asShown(said, home);
            printed.push(`$ ${command}`, ...output.replace(/\n$/, '').split('\n'));
            if (process.env.UPDATE === '1') continue;
            assert.match(
              inOneSpace(output),
              expected(shown),
              `${page.path}:${block.at}: $ ${command}\n${output}`,
            );
          }
          if (process.env.UPDATE === '1') update(page.path, block, printed);
        }
      } finally {
        home.remove();
      }
    });
  }

  test('a block that is not run says why', () => {
    for (const page of pages()) {
      for (const { info, at } of blocksOf(page)) {
        if (/^console\b/.test(info) && !isStart(info.slice(8))) {
          assert.match(info, /^console(?: no-run: \S.*)?$/, `${page.path}:${at}`);
        }
      }
    }
  });
});

/** Writes what was printed below each command that shows nothing yet. */
function update(path: string, block: Block, printed: readonly string[]): void {
  const file = join(ROOT, path);
  const text = readFileSync(file, 'utf8');
  if (stepsOf(block).some(({ shown }) => shown.length > 0)) return;
  writeFileSync(
    file,
    text.replace(block.lines.join('\n'), () => printed.join('\n')),
  );
}
