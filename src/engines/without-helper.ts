import { type Engine, listed, rulesOf } from './engines.ts';
import type { HelperFault, Version } from './rules.ts';

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
  const programs = [
    ...engines.map(({ engine, version }) => ({ name: engine, rules: rulesOf(engine, version) })),
    ...clients.map(({ name, helperMissing }) => ({ name, rules: { helperMissing } })),
  ];
  const doing = (fault: HelperFault) =>
    programs.filter(({ rules }) => rules.helperMissing === fault).map(({ name }) => name);
  const verb = (names: readonly string[], many: string, one: string) => (names.length > 1 ? many : one);
  const failing = doing('fails');
  const fallingBack = doing('takes the login');
  const anonymous = doing('goes on anonymously');
  const building = programs
    .filter(({ rules }) => 'buildHelperMissing' in rules && rules.helperMissing !== 'fails')
    .map(({ name }) => name);
  const sentences = [
    failing.length === 0
      ? ''
      : `${listed(failing)} ${verb(failing, 'fail', 'fails')} every pull from a host that names the helper, of public images, too, with a misleading text`,
    fallingBack.length === 0
      ? ''
      : `${listed(fallingBack)} ${verb(fallingBack, 'send', 'sends')} a login that is stored beside it, or ${verb(fallingBack, 'pull', 'pulls')} anonymously`,
    building.length === 0
      ? ''
      : `${listed(building)} ${verb(building, 'fail', 'fails')} to build, and with compose`,
    anonymous.length === 0
      ? ''
      : `${listed(anonymous)} ${verb(anonymous, 'pull', 'pulls')} anonymously, without a word`,
  ];
  return sentences.filter((sentence) => sentence !== '').join('; ');
}
