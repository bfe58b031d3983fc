import type { Winner } from '../../../engines/engine-state.ts';
import type { Engine } from '../../../engines/engines.ts';
import { OUR_HELPER } from '../../../hosts/helper-names.ts';
import { shellQuoted, shownName } from '../../../hosts/quoting.ts';
import { type ImageReference, imageInWords } from '../../../registry/image-reference.ts';
import type { CheckContext } from '../check.ts';
import type { Finding } from '../finding.ts';
import type { Login, ManifestAnswer } from '../network-state.ts';
import type { RefusedLogin } from './stored-logins.ts';

export interface EnginePullPorts {
  isInstalled(engine: Engine): Promise<boolean>;
  winnerOf(engine: Engine, registry: string, repository: string | undefined): Promise<Winner>;
  loginOf(host: string): Promise<Login>;
  refusedLogins(): Promise<readonly RefusedLogin[]>;
  manifest(host: string, image: ImageReference, as: 'user' | 'anonymous'): Promise<ManifestAnswer>;
  /** Asks the registry for the image's manifest with a login that lies in a file or variable, where engines send it. */
  manifestByStored(host: string, image: ImageReference, sent: SentLogin): Promise<ManifestAnswer>;
}

/** A login that an engine sends, and where it lies. */
export type SentLogin = Extract<Winner, { kind: 'login' }>;

type Context = Pick<CheckContext, 'subject' | 'engines' | 'ours' | 'anonymous'>;

/**
 * Whether the image can be pulled with what the engines send where they don't ask the helper: of the hosts that are not
 * its own. Of its own ones, and of those that are kept anonymous, it is told what keeps the engines from asking.
 */
export async function enginePull(ports: EnginePullPorts, context: Context): Promise<readonly Finding[]> {
  const { subject } = context;
  if (subject.kind !== 'image') return [];
  const senders = await sendersOf(ports, context);
  return (
    await Promise.all(
      senders.map(({ engine, sent }) =>
        sent.kind === 'login' ? byLogin(engine, sent, subject, ports) : byNobody(engine, subject, ports),
      ),
    )
  ).flat();
}

/** Whether every engine sends a stored login for the image, so that it makes no difference what the helper has. */
export async function isPulledByLogins(ports: EnginePullPorts, context: Context): Promise<boolean> {
  const senders = await sendersOf(ports, context);
  const installed = await Promise.all(context.engines.map(ports.isInstalled));
  const count = installed.filter((isThere) => isThere).length;
  return count > 0 && senders.filter(({ sent }) => sent.kind === 'login').length === count;
}

interface Sender {
  readonly engine: Engine;
  readonly sent: SentLogin | Extract<Winner, { kind: 'anonymous' }>;
}

async function sendersOf(
  ports: Pick<EnginePullPorts, 'isInstalled' | 'winnerOf' | 'loginOf'>,
  { subject, engines, ours, anonymous }: Context,
): Promise<readonly Sender[]> {
  if (subject.kind !== 'image' || [...ours, ...anonymous].includes(subject.host)) return [];
  const { host, asked, image } = subject;
  const found = await Promise.all(
    engines.map(async (engine): Promise<Sender[]> => {
      if (!(await ports.isInstalled(engine))) return [];
      const winner = await ports.winnerOf(engine, asked, image.repository);
      const isBehind = winner.kind === 'helper' && winner.helper === OUR_HELPER;
      const sent = isBehind && (await ports.loginOf(host)).kind === 'none' ? winner.otherwise : winner;
      return sent.kind === 'login' || sent.kind === 'anonymous' ? [{ engine, sent }] : [];
    }),
  );
  return found.flat();
}

async function byLogin(
  engine: Engine,
  sent: SentLogin,
  { host, image }: Extract<CheckContext['subject'], { kind: 'image' }>,
  ports: EnginePullPorts,
): Promise<Finding[]> {
  const isRefused = (await ports.refusedLogins()).some(
    ({ file, login }) => file.path === sent.where && login.key === sent.key,
  );
  // That the login itself is dead is told with what takes it out.
  if (isRefused || sent.dead) return [];
  const words = imageInWords(image);
  const by = `the stored login ${shownName(sent.key)} of ${sent.where}`;
  const answer = await ports.manifestByStored(host, image, sent);
  switch (answer.kind) {
    case 'there':
      return [{ status: 'ok', host, saw: `${engine} can pull ${words} with ${by}` }];
    case 'unknown': {
      const saw = `Whether ${engine} can pull ${words} with ${by} is not known: ${answer.detail}`;
      return [{ status: 'skipped', host, saw }];
    }
    case 'absent':
      return [
        {
          status: 'problem',
          host,
          saw: `There is no ${words}`,
          mend: 'Compare the name, and the tag or digest.',
        },
      ];
    case 'refused':
      return [
        {
          status: 'problem',
          host,
          saw: `${engine} can't pull ${words} with ${by}: its user may not, or there is no such image`,
          why: `That login is sent, and not what this helper has for ${host}`,
          mend: `${engine} login ${shellQuoted(host)}`,
        },
      ];
  }
}

/** Where the helper has nothing either, that is told with the token that is missing. */
async function byNobody(
  engine: Engine,
  { host, image }: Extract<CheckContext['subject'], { kind: 'image' }>,
  ports: EnginePullPorts,
): Promise<Finding[]> {
  const login = await ports.loginOf(host);
  if (login.kind === 'none' || (await ports.manifest(host, image, 'anonymous')).kind !== 'refused') return [];
  return [
    {
      status: 'problem',
      host,
      user: login.username,
      saw: `${engine} goes on anonymously, and ${imageInWords(image)} is not open to everybody`,
      why: `It does not ask this helper, which has the login of ${login.username} for ${host}`,
      mend: `${engine} login ${shellQuoted(host)}`,
    },
  ];
}
