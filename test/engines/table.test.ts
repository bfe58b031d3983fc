import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Winner } from '../../src/engines/engine-state.ts';
import { descriptorOf, ENGINES } from '../../src/engines/engines.ts';
import type { EngineRules } from '../../src/engines/rules.ts';
import { CLIENTS } from '../../src/engines/without-helper.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { endOf, LAYOUTS } from './layouts.ts';

const PAGE = new URL('../../docs/engines.md', import.meta.url);
const START =
  '<!-- The table is made by test/engines/table.test.ts: UPDATE=1 node --test test/engines/table.test.ts -->';
const END = '<!-- End of the table -->';

/** Each set of rules is a column: an engine, from one version to before the next. helm pulls no images. */
const COLUMNS = ENGINES.filter((engine) => engine !== 'helm').flatMap((engine) => {
  const { rules } = descriptorOf(engine);
  return rules.toReversed().map((each) => ({ engine, since: each.since, source: each.source, rules: each }));
});

test('the table of engines in the docs says what their rules do in each layout', async (t) => {
  const uid = process.getuid?.() || 4321;
  const rows: string[] = [];
  for (const [number, layout] of LAYOUTS.entries()) {
    const cells: string[] = [];
    for (const [index, { engine, since }] of COLUMNS.entries()) {
      const directory = join(temporaryDirectory(t), `${number}-${index}`);
      const user = layout.rootless ? uid : 0;
      cells.push(inCell(await endOf(layout, engine, since, { directory, host: 'r.example.com', uid: user })));
    }
    rows.push(`| ${[layout.name, ...cells].join(' | ')} |`);
  }
  const names = COLUMNS.map(({ engine, since }) => `${engine} ${since.join('.')}`);
  const table = [
    START,
    `| layout | ${names.join(' | ')} |`,
    `|---${'|---'.repeat(names.length)}|`,
    ...rows,
    '',
    '| rules | from |',
    '|---|---|',
    ...COLUMNS.map(({ source }, index) => `| ${names[index]} | ${source} |`),
    '',
    'Where a file names the helper, and it is not on the PATH of the one that pulls:',
    '',
    '| | a pull | from |',
    '|---|---|---|',
    ...COLUMNS.map(({ rules }, index) => `| ${names[index]} | ${without(rules)} | as above |`),
    ...CLIENTS.map((client) => `| ${client.name} | ${without(client)} | ${client.source} |`),
    END,
  ].join('\n');
  const page = readFileSync(PAGE, 'utf8');
  const updated = page.slice(0, page.indexOf(START)) + table + page.slice(page.indexOf(END) + END.length);
  if (process.env.UPDATE === '1') writeFileSync(PAGE, updated);
  else assert.equal(page, updated, 'docs/engines.md is not what the rules say: UPDATE=1 makes it so');
});

function without({
  helperMissing,
  buildHelperMissing,
}: Pick<EngineRules, 'helperMissing' | 'buildHelperMissing'>): string {
  const pull = {
    fails: '**fails**',
    'takes the login': 'goes on with a login that is stored beside it, else anonymously',
    'goes on anonymously': 'goes on anonymously',
  }[helperMissing];
  return buildHelperMissing === undefined || helperMissing === 'fails'
    ? pull
    : `${pull}; \`build\` and compose **fail**`;
}

function inCell(winner: Winner): string {
  if (winner.kind !== 'helper')
    return { login: 'login', anonymous: 'anonymous', error: '**fails**' }[winner.kind];
  return winner.otherwise.kind === 'anonymous' ? 'helper' : `helper, else ${inCell(winner.otherwise)}`;
}
