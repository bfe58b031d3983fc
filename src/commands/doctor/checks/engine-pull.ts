import type { Winner } from '../../../engines/engine-state.ts';
import type { Engine } from '../../../engines/engines.ts';
import type { Place } from '../../../engines/lookup/resolve-image.ts';
import { shellQuoted, shownName } from '../../../hosts/quoting.ts';
import { OUR_HELPER } from '../../../registry/engine-names.ts';
import { imageInWords } from '../../../registry/image-reference.ts';
import type { Finding } from '../check.ts';
import type { Facts } from '../facts.ts';
import type { SentLogin } from '../lookup.ts';

type Image = Extract<Place, { kind: 'image' }>;

/**
 * Whether the image can be pulled with what the engines send where they don't ask the helper: of the hosts that are not
 * its own. Of its own ones, and of those that are kept anonymous, it is told what keeps the engines from asking.
 */
export async function enginePull(facts: Facts): Promise<readonly Finding[]> {
  const { subject } = facts;
  if (subject.kind !== 'image') return [];
  const findings = (await sendersOf(facts)).map(({ engine, sent }) =>
    sent.kind === 'login' ? byLogin(engine, sent, subject, facts) : byNobody(engine, subject, facts),
  );
  return (await Promise.all(findings)).flat();
}

/** Whether every engine sends a stored login for the image, so that it makes no difference what the helper has. */
export async function isPulledByLogins(facts: Facts): Promise<boolean> {
  const senders = await sendersOf(facts);
  const installed = await Promise.all(facts.engines.map(facts.isInstalled));
  const count = installed.filter((isThere) => isThere).length;
  return count > 0 && senders.filter(({ sent }) => sent.kind === 'login').length === count;
}

interface Sender {
  readonly engine: Engine;
  readonly sent: SentLogin | Extract<Winner, { kind: 'anonymous' }>;
}

async function sendersOf(facts: Facts): Promise<readonly Sender[]> {
  const { subject, engines, ours, anonymous } = facts;
  if (subject.kind !== 'image' || [...ours, ...anonymous].includes(subject.host)) return [];
  const { host, asked, image } = subject;
  const senders = engines.map(async (engine): Promise<Sender[]> => {
    if (!(await facts.isInstalled(engine))) return [];
    const winner = await facts.winnerOf(engine, asked, image.repository);
    const isBehind = winner.kind === 'helper' && winner.helper === OUR_HELPER;
    const sent = isBehind && (await facts.loginOf(host)).kind === 'none' ? winner.otherwise : winner;
    return sent.kind === 'login' || sent.kind === 'anonymous' ? [{ engine, sent }] : [];
  });
  return (await Promise.all(senders)).flat();
}

async function byLogin(
  engine: Engine,
  sent: SentLogin,
  { host, image }: Image,
  facts: Facts,
): Promise<Finding[]> {
  const isRefused = (await facts.refused()).some(
    ({ file, login }) => file.path === sent.where && login.key === sent.key,
  );
  // That the login itself is dead is told with what takes it out.
  if (isRefused || sent.dead) return [];
  const words = imageInWords(image);
  const by = `the stored login ${shownName(sent.key)} of ${sent.where}`;
  const answer = await facts.manifestByStored(host, image, sent);
  switch (answer.kind) {
    case 'there':
      return [{ status: 'ok', code: 'engine-pull', host, why: `${engine} can pull ${words} with ${by}` }];
    case 'unknown': {
      const why = `Whether ${engine} can pull ${words} with ${by} is not known: ${answer.detail}`;
      return [{ status: 'skipped', code: 'engine-pull-unknown', host, why }];
    }
    case 'absent':
    case 'not-pulled-through': {
      const why =
        answer.kind === 'absent'
          ? `There is no ${words}`
          : `${host} could not get ${words}: ${answer.detail}`;
      const fix = { do: 'Compare the name, and the tag or digest.' };
      return [{ status: 'problem', code: 'no-image', host, why, fix }];
    }
    case 'refused':
      return [
        {
          status: 'problem',
          code: 'engine-login-not-allowed',
          host,
          why: `${engine} can't pull ${words} with ${by}: its user may not, or there is no such image`,
          effect: `That login is sent, and not what this helper has for ${host}`,
          fix: { run: `${engine} login ${shellQuoted(host)}` },
        },
      ];
  }
}

/** Where the helper has nothing either, that is told with the token that is missing. */
async function byNobody(engine: Engine, { host, image }: Image, facts: Facts): Promise<Finding[]> {
  const login = await facts.loginOf(host);
  if (login.kind === 'none' || (await facts.manifest(host, image, 'anonymous')).kind !== 'refused') return [];
  return [
    {
      status: 'problem',
      code: 'engine-anonymous',
      host,
      user: login.username,
      why: `${engine} pulls anonymously, and ${imageInWords(image)} is not open to everybody`,
      effect: `It does not ask this helper, which has the login of ${login.username} for ${host}`,
      fix: { run: `${engine} login ${shellQuoted(host)}` },
    },
  ];
}
