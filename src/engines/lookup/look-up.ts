import { DOCKER_HUB, FILES_AS_HELPER, hostInKey, programOf } from '../../registry/engine-names.ts';
import { rewritten, tableFor } from '../../registry/registry-tables.ts';
import type { LookupStep, Winner } from '../engine-state.ts';
import { rulesOf } from '../engines.ts';
import {
  type Ask,
  chosenInVain,
  type Found,
  givesUp,
  inFiles,
  inVariable,
  type Look,
  type LookupRequest,
} from './look-in-files.ts';

/** What the engine does, in its order, and what it sends in the end. */
export interface Trace {
  readonly steps: readonly LookupStep[];
  readonly winner: Winner;
}

/** How an engine comes by a registry's credentials, by the rules of its version. */
export function lookUp(request: LookupRequest): Trace {
  const steps: LookupStep[] = [];
  let helper: Extract<Found, { kind: 'helper' }> | undefined;
  /** How many steps there are up to the helper. */
  let shown = 0;
  for (const { winner, ...step } of looks({ ...request, rules: rulesOf(request.engine, request.version) })) {
    steps.push(step);
    if (winner === undefined) continue;
    if (winner.kind !== 'helper')
      return { steps, winner: helper === undefined ? winner : { ...helper, otherwise: winner } };
    // Another helper behind the first counts only where that has no credential: what it has is not known here.
    if (helper === undefined) shown = steps.length;
    helper ??= winner;
  }
  if (helper === undefined) return { steps, winner: { kind: 'anonymous' } };
  return { steps: steps.slice(0, shown), winner: { ...helper, otherwise: { kind: 'anonymous' } } };
}

function* looks(ask: Ask): Generator<Look> {
  const { rules, registriesConf, engine } = ask;
  const inVain = chosenInVain(ask);
  if (inVain !== undefined) {
    yield inVain;
    return;
  }
  if (rules.registriesConf === undefined) {
    const registry = ask.registry === DOCKER_HUB ? rules.dockerHub : ask.registry;
    yield* inVariable({ ...ask, registry });
    yield* inFiles({ ...ask, registry });
    return;
  }
  const [broken] = registriesConf.broken;
  if (broken !== undefined) {
    const found = 'the file is broken';
    yield givesUp(engine, { where: broken.path, lookedFor: 'registries and helpers', found }, broken.fault);
    return;
  }
  const aim = yield* inTables(ask);
  if (aim !== undefined) yield* byHelpers(aim);
}

/** @returns what is asked for in the end, under another name where registries.conf says so; undefined: nothing is */
function* inTables(ask: Ask): Generator<Look, Ask | undefined> {
  const { registry, repository, registriesConf } = ask;
  const name = [registry, ...(repository === undefined ? [] : [repository])].join('/');
  const table = tableFor(name, registriesConf.tables);
  const asked = table === undefined ? name : rewritten(name, table);
  if (table !== undefined && (asked !== name || table.mirrors.length > 0)) {
    const mirrors =
      table.mirrors.length === 0
        ? ''
        : `it asks ${table.mirrors.map(({ location }) => location).join(', ')} first, with the logins of those, then `;
    yield {
      where: table.path,
      lookedFor: `[[registry]] tables for ${name}`,
      found: `one with the prefix "${table.prefix}"`,
      outcome: `${mirrors}it asks ${asked}${asked === name ? '' : ` instead, with the login of ${hostInKey(asked)}`}`,
    };
  }
  const last = tableFor(asked, registriesConf.tables);
  if (last?.blocked === true) {
    const found = `"${last.prefix}" is blocked`;
    const step = { where: last.path, lookedFor: `[[registry]] tables for ${asked}`, found };
    yield givesUp(ask.engine, step, `${last.path} blocks ${last.prefix}`);
    return undefined;
  }
  const [host = '', ...rest] = asked.split('/');
  return { ...ask, registry: host, repository: rest.length === 0 ? undefined : rest.join('/') };
}

/** The helpers of registries.conf, among which its files have a name. */
function* byHelpers(ask: Ask): Generator<Look> {
  const { registriesConf, isOnPath, registry } = ask;
  const { helpers, path } = registriesConf;
  const where = path ?? 'registries.conf';
  // An error is remembered, and ends the pull only if nobody else has a credential.
  let fault: string | undefined;
  for (const [index, helper] of helpers.entries()) {
    const isLast = index === helpers.length - 1;
    if (helper === FILES_AS_HELPER) {
      for (const { winner, ...step } of inFiles(ask)) {
        if (winner?.kind !== 'error' || isLast) {
          yield winner === undefined ? step : { ...step, winner };
          continue;
        }
        fault ??= winner.why;
        yield { ...step, outcome: 'it looks on elsewhere, and fails if it finds nothing' };
        break;
      }
      continue;
    }
    const program = programOf(helper);
    const step = { where, lookedFor: 'credential-helpers', found: `"${helper}", for every registry` };
    if (isOnPath(helper)) {
      const after = isLast ? 'means anonymously' : 'makes it look on';
      const outcome = `it asks ${program} for ${registry}, whose "not found" ${after}`;
      yield { ...step, outcome, winner: { kind: 'helper', helper, where } };
    } else {
      fault ??= `${program} is not on its PATH`;
      yield { ...step, outcome: `${program} is not on its PATH; it looks on, and fails if it finds nothing` };
    }
  }
  if (fault === undefined) return;
  const found = `nothing, and ${fault}`;
  const step = { where, lookedFor: 'what is left', found, outcome: 'the pull fails' };
  yield { ...step, winner: { kind: 'error', why: fault } };
}
