import { type Engine, listed, rulesOf } from './engines.ts';
import type { EngineRules, HelperFault, Version } from './rules.ts';

type Missing = Pick<EngineRules, 'helperMissing' | 'buildHelperMissing'>;

/** A program that reads docker's config, and is none of the engines: what it does where the helper that is named is missing. */
interface Client {
  /** As it is spoken of. */
  readonly name: string;
  /** What it is called on the PATH; undefined: it is a library, or a plugin of docker's. */
  readonly program?: string;
  /** Where it is known from. */
  readonly source: string;
  readonly helperMissing: HelperFault;
}

export const CLIENTS: readonly Client[] = [
  { name: 'docker compose', source: 'seen with 2.40.3 and 5.6.0', helperMissing: 'fails' },
  { name: 'docker buildx', source: 'seen with 0.29.1 and 0.38.2', helperMissing: 'fails' },
  { name: 'crane', program: 'crane', source: 'seen with 0.22.1', helperMissing: 'fails' },
  { name: 'cosign', program: 'cosign', source: 'seen with 3.1.1', helperMissing: 'fails' },
  { name: 'oras', program: 'oras', source: 'seen with 1.3.6', helperMissing: 'fails' },
  { name: 'helm', program: 'helm', source: 'seen with 4.3.2', helperMissing: 'fails' },
  { name: 'regctl', program: 'regctl', source: 'seen with 0.11.7', helperMissing: 'takes the login' },
  { name: 'docker-py', source: 'seen with 7.2.0', helperMissing: 'fails' },
  { name: 'testcontainers for Node', source: 'seen with 12.2.0', helperMissing: 'fails' },
  {
    name: 'dockercfg (testcontainers for Go)',
    source: 'seen with 0.3.2',
    helperMissing: 'goes on anonymously',
  },
];

/**
 * What comes of it that a helper which a file names is not there, or can't be run.
 * @param clients those of `CLIENTS` that are installed
 * @returns sentences without the last full stop
 */
export function withoutHelper(
  engines: readonly { readonly engine: Engine; readonly version?: Version | undefined }[],
  clients: readonly Client[] = [],
): string {
  const programs: readonly (Missing & { readonly name: string })[] = [
    ...engines.map(({ engine, version }) => ({ ...rulesOf(engine, version), name: engine })),
    ...clients,
  ];
  /** @param says what those do that `are` so: with an `s` at the end of its verbs, or without */
  const sentence = (are: (rules: Missing) => boolean, says: (s: 's' | '') => string): string[] => {
    const names = programs.filter(are).map(({ name }) => name);
    return names.length === 0 ? [] : [`${listed(names)} ${says(names.length > 1 ? '' : 's')}`];
  };
  return [
    ...sentence(
      ({ helperMissing }) => helperMissing === 'fails',
      (s) =>
        `fail${s} every pull from a host that names the helper, of public images, too, with a misleading text`,
    ),
    ...sentence(
      ({ helperMissing }) => helperMissing === 'takes the login',
      (s) => `send${s} a login that is stored beside it, or pull${s} anonymously`,
    ),
    ...sentence(
      ({ helperMissing, buildHelperMissing }) =>
        buildHelperMissing !== undefined && helperMissing !== 'fails',
      (s) => `fail${s} to build, and with compose`,
    ),
    ...sentence(
      ({ helperMissing }) => helperMissing === 'goes on anonymously',
      (s) => `pull${s} anonymously, without a word`,
    ),
  ].join('; ');
}
