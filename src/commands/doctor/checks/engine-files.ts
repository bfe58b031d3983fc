import { posix } from 'node:path';
import { type AuthFile, type EngineState, filesOf } from '../../../engines/engine-state.ts';
import { ENGINES, type Engine, familyOf, inWords, listed, rulesOf } from '../../../engines/engines.ts';
import type { EngineRules } from '../../../engines/rules.ts';
import { shellQuoted, shownName } from '../../../hosts/quoting.ts';
import { FILES_AS_HELPER } from '../../../registry/engine-names.ts';
import type { Check, Finding, Status } from '../check.ts';
import type { Facts } from '../facts.ts';
import { fixOf, removalOf } from './engine-logins.ts';

/** The engines' files: whether they, and the entries in them, can be read. */
export const ENGINE_FILE_CHECKS: readonly Check[] = [
  {
    id: 'broken-files',
    title: 'files that docker ignores, or that podman fails for where it comes to them',
    needs: 'machine',
    run: brokenFiles,
  },
  {
    id: 'broken-logins',
    title:
      'stored logins whose `auth` is not base64: podman, buildah and skopeo fail every pull of their host',
    needs: 'machine',
    run: brokenLogins,
  },
];

async function brokenFiles({ engines, engineState }: Facts): Promise<readonly Finding[]> {
  const state = await engineState();
  const there = state.files.filter((file) => isThere(file) && readersOf(file, engines).length > 0);
  const broken = there.filter((file) => file.state !== 'read');
  const count = there.length - broken.length;
  const [who, whose] = [listed(engines), engines.length > 1 ? 'their' : 'its'];
  const why = count === 0 ? `There are no files of ${who} yet` : `${who} can read ${whose} files (${count})`;
  const ok: Finding = { status: 'ok', code: 'files-readable', why };
  return [
    ...(broken.every(({ current }) => !current) ? [ok] : []),
    ...broken.flatMap((file) => describe(file, readersOf(file, engines), state)),
  ];
}

function isThere({ state, fault }: AuthFile): boolean {
  return state !== 'absent' || fault !== undefined;
}

function readersOf({ readBy }: AuthFile, engines: readonly Engine[]): readonly Engine[] {
  return readBy.filter((engine) => engines.includes(engine));
}

function describe(file: AuthFile, readers: readonly Engine[], engineState: EngineState): Finding[] {
  const { path, state, fault, failsFor, current } = file;
  // What is read only with other variables may never be.
  const status: Status = current ? 'problem' : 'warning';
  if (state === 'blank') {
    // Who takes an empty file for none is not told of it.
    const strict = strictOf(readers, 'emptyFile', file, engineState);
    const fix = { run: `echo '{}' > ${shellQuoted(path)}` };
    const why = `${path} is empty`;
    return strict.map((effect) => ({ status, code: 'file-empty', why, effect, fix, repair: { file: path } }));
  }
  const why = fault ?? `${path} can't be read`;
  if (state === 'absent') {
    const effect = 'Engines take it for no file; setup and --fix can write none there';
    const fix = { do: `Put a file where it leads, or take it away: rm ${shellQuoted(path)}` };
    return [{ status: 'warning', code: 'file-dangling', why, effect, fix }];
  }
  if (file.isClosed === true) {
    // Each engine of a family has a file of its own there.
    const strict = failsFor.filter((engine) => rulesOf(engine).brokenFile === 'fails');
    const its = strict.filter((engine) => readers.some((reader) => familyOf(reader).includes(engine)));
    const others = failsFor.filter((engine) => !strict.includes(engine) && readers.includes(engine));
    const effect = [
      ...(its.length === 0 ? [] : [`Every pull of ${listed(its)} that comes to it fails`]),
      ...(others.length === 0 ? [] : [`${listed(others)} finds no login and no helper in it`]),
    ].join('; ');
    if (effect === '') return [];
    const fix = { run: `ls -ld ${shellQuoted(posix.dirname(path))} ${shellQuoted(path)}` };
    return [{ status, code: 'file-closed', why, effect, fix }];
  }
  const failing = readers.filter((engine) => failsFor.includes(engine));
  const lenient = readers.filter((engine) => rulesOf(engine).brokenFile === 'ignores it');
  const [who, whoIgnores] = [inWords(lenient), failing.some((engine) => lenient.includes(engine))];
  const verb = lenient.length > 1 ? ['ignore', 'pass', 'go'] : ['ignores', 'passes', 'goes'];
  const ignored = whoIgnores
    ? [`${who} ${verb[0]} the whole file, with every login and helper in it`]
    : failsFor.length > 0 && lenient.length > 0
      ? [`${who} ${verb[1]} over that, and ${verb[2]} by the rest`]
      : [];
  const aside = `mv ${shellQuoted(path)} ${shellQuoted(`${path}.broken`)}`;
  const fix = { do: `Correct ${path} there, or move it away: ${aside}` };
  if (failing.length > 0) {
    const effect = [...ignored, ...strictOf(failing, 'brokenFile', file, engineState)].join('; ');
    return [{ status, code: 'file-broken', why, effect, fix }];
  }
  const readable = 'Engines read it all the same; setup and --fix leave it as it is';
  return [{ status: 'warning', code: 'file-odd', why, effect: [readable, ...ignored].join(': '), fix }];
}

/** An engine reads one file after the other, up to the first login: what comes before may spare it the broken one. */
function strictOf(
  readers: readonly Engine[],
  rule: 'emptyFile' | 'brokenFile',
  { path }: AuthFile,
  state: EngineState,
): string[] {
  const strict = readers.filter((engine) => rulesOf(engine)[rule] === 'fails');
  if (strict.length === 0) return [];
  const isFirst = strict.every((engine) => {
    const isAskedFirst =
      rulesOf(engine).registriesConf === undefined || state.registriesConf.helpers[0] === FILES_AS_HELPER;
    return filesOf(engine, state)[0]?.path === path && isAskedFirst;
  });
  const when = isFirst ? 'for it' : 'for which they find no login before they come to it';
  return [`${inWords(strict)} fail every pull ${when}`];
}

/** Entries that some engines can't decode: what each makes of that is told by its rules. */
async function brokenLogins({ engines, engineState, ours, anonymous }: Facts): Promise<readonly Finding[]> {
  const { files, versions } = await engineState();
  return files.flatMap((file) => {
    const readers = ENGINES.filter(
      (name) => file.readNowBy.includes(name) && engines.some((engine) => familyOf(engine).includes(name)),
    );
    const does = (what: EngineRules['brokenEntry']) =>
      readers.filter((name) => rulesOf(name, versions[name]).brokenEntry === what).join(', ');
    const [failing, whole, blind] = [does('fails'), does('fails for the whole file'), does('reads no login')];
    return file.logins.flatMap((login): Finding[] => {
      if (!login.isBroken || readers.length === 0) return [];
      const host = login.host ?? login.key;
      const isOurs = [...ours, ...anonymous].includes(host);
      const effects = [
        ...(failing === '' ? [] : [`Every pull from ${host} fails (${failing}), of public images too`]),
        ...(whole === '' ? [] : [`Every pull fails (${whole})`]),
        ...(blind === '' ? [] : [`No login of the file is read (${blind})`]),
      ];
      return [
        {
          status: failing + whole === '' ? 'warning' : 'problem',
          code: 'login-not-base64',
          host: login.host,
          why: `${file.path} holds an entry for ${shownName(login.key)} whose auth is not base64`,
          effect: effects.join('. '),
          fix: isOurs ? fixOf(host) : removalOf(login, file),
          repair: isOurs ? { file: file.path } : undefined,
        },
      ];
    });
  });
}
