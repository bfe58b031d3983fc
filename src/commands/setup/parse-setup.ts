import type { OneEngine } from '../../engines/edits/setup-files.ts';
import { listed, MAIN_ENGINES } from '../../engines/engines.ts';
import { shownArgument } from '../../hosts/quoting.ts';
import { asEnginesAsk, asTyped } from '../../registry/engine-names.ts';
import { parseHosts, parseWords } from '../parse-words.ts';
import { SETUP } from './declaration.ts';

/** A registry host, and the names under which engines may ask for it. */
export interface NamedHost {
  readonly host: string;
  readonly engineNames: readonly string[];
}

/** What `setup` was asked to do. */
export type SetupArguments =
  /** `hosts` undefined: of all. */
  | {
      readonly kind: 'undo';
      readonly hosts: readonly string[] | undefined;
      readonly isAgreed: boolean;
      readonly isDryRun: boolean;
    }
  | {
      readonly kind: 'setup';
      /** Empty: whatever registries are found. */
      readonly hosts: readonly NamedHost[];
      readonly context: string | undefined;
      /** The hosts get a person's login, whichever service account they are linked to so far. */
      readonly isOwnLogin: boolean;
      readonly engine: OneEngine;
      readonly isAgreed: boolean;
      readonly isDryRun: boolean;
      /** Undefined: a person is asked, if there is one. */
      readonly timer: boolean | undefined;
      /** Logins that are typed go to private files. */
      readonly inFiles: boolean;
    };

/** @returns the arguments, or what is wrong with them, in one sentence that repeats no secret */
export function parseSetup(args: readonly string[]): SetupArguments | string {
  const words = parseWords(args, SETUP);
  if (typeof words === 'string') return words;
  const { values, positionals } = words;
  const { context, engine, yes: isAgreed = false, 'dry-run': isDryRun = false } = values;
  if (isAgreed && isDryRun) return 'Either --yes or --dry-run.';
  const hosts = namedHosts(positionals);
  if (typeof hosts === 'string') return hosts;
  if (values.undo === true) {
    const others = Object.keys(values).filter((name) => !['undo', 'yes', 'dry-run'].includes(name));
    if (others.length > 0) return `--undo does not go with --${others[0]}.`;
    const names = hosts.length === 0 ? undefined : hosts.map(({ host }) => host);
    return { kind: 'undo', hosts: names, isAgreed, isDryRun };
  }
  if (context !== undefined && positionals.length === 0)
    return 'Which registry does the context stand for? Name at least one HOST.';
  const isOwnLogin = values['own-login'] === true;
  if (isOwnLogin && positionals.length === 0)
    return 'Which registry is to get your own login? Name at least one HOST.';
  const one = MAIN_ENGINES.find((name) => name === engine);
  if (engine !== undefined && one === undefined)
    return `${shownArgument(engine)} is no engine: ${listed(MAIN_ENGINES, 'or')}. buildah and skopeo read podman's files.`;
  if (values.timer === true && values['no-timer'] === true) return 'Either --timer or --no-timer.';
  const inFiles = values['secrets-in-files'] === true;
  const timer = values.timer === true ? true : values['no-timer'] === true ? false : undefined;
  return { kind: 'setup', hosts, context, isOwnLogin, engine: one, isAgreed, isDryRun, timer, inFiles };
}

function namedHosts(typed: readonly string[]): NamedHost[] | string {
  const hosts = new Map<string, Set<string>>();
  for (const word of typed) {
    const parsed = parseHosts([word]);
    if (typeof parsed === 'string') return parsed;
    const [host = ''] = parsed;
    hosts.set(
      host,
      (hosts.get(host) ?? new Set([host])).add(asEnginesAsk(word, host)).add(asTyped(word, host)),
    );
  }
  return Array.from(hosts, ([host, names]) => ({ host, engineNames: [...names] }));
}
