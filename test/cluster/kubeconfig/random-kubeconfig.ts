import { Document, isMap, isScalar, isSeq, type Pair, Scalar, visit, type YAMLMap } from 'yaml';
import fc from '../../support/properties.ts';

/** A kubeconfig as someone may have written it. */
export interface RandomKubeconfig {
  readonly text: string;
  /** The user entry to be changed. */
  readonly user: string;
  /** It shares nothing, has a token and no other proof, and no block scalar: one line of the text may change. */
  readonly isSimple: boolean;
}

/** No boolean of YAML 1.1, as a key without quotes. */
const word = fc
  .stringMatching(/^[a-z][a-z0-9]{0,9}$/)
  .filter((text) => !/^(?:y|n|yes|no|on|off|true|false|null)$/.test(text));
const secret = fc.oneof(
  fc.stringMatching(/^sha256~[A-Za-z0-9_-]{43}$/),
  fc.stringMatching(/^eyJ[A-Za-z0-9_-]{8}\.[A-Za-z0-9_-]{8}\.[A-Za-z0-9_-]{8}$/),
  fc.constantFrom('yes', '1e5', '0x1f', 'null', '~', "it's", '2026-11-21', 'a: b', '#no', '- x', 'ü'),
);
const base64 = fc.base64String({ minLength: 4, maxLength: 200 });

const userFields = fc.record(
  {
    token: secret,
    tokenFile: fc.constantFrom('/run/token', 'token'),
    'client-certificate-data': base64,
    'client-key-data': base64,
    'client-certificate': word,
    username: word,
    password: secret,
    as: word,
    'as-groups': fc.array(word, { minLength: 1, maxLength: 2 }),
    'auth-provider': fc.record({ name: word, config: fc.dictionary(word, word, { maxKeys: 2 }) }),
    exec: fc.record({
      apiVersion: fc.constant('client.authentication.k8s.io/v1'),
      command: word,
      args: fc.array(word, { maxLength: 3 }),
      env: fc.array(fc.record({ name: word, value: word }), { maxLength: 2 }),
      interactiveMode: fc.constant('Never'),
    }),
    extensions: fc.constant([{ name: 'x', extension: { a: 'b' } }]),
  },
  { requiredKeys: [] },
);

const content = fc.record({
  users: fc.array(fc.oneof({ weight: 3, arbitrary: userFields }, fc.record({ token: secret })), {
    minLength: 1,
    maxLength: 5,
  }),
  clusters: fc.array(fc.record({ server: fc.constant('https://api.a:6443') }), { maxLength: 3 }),
  namespaces: fc.array(word, { maxLength: 3 }),
  order: fc.shuffledSubarray(['apiVersion', 'kind', 'clusters', 'contexts', 'users', 'current-context'], {
    minLength: 6,
  }),
});

/** @param prefix of all names, so that many kubeconfigs can be merged into one */
export function randomKubeconfig(prefix = ''): fc.Arbitrary<RandomKubeconfig> {
  const looks = fc.record({
    form: fc.constantFrom('json', 'pretty', 'yaml', 'yaml', 'yaml', 'yaml'),
    indent: fc.integer({ min: 2, max: 6 }),
    indentSeq: fc.boolean(),
    crlf: fc.boolean(),
    start: fc.constantFrom('', '', '---\n', '# my clusters\n'),
    end: fc.constantFrom('', '', '# end\n', '\n\n', 'cut'),
    sharing: fc.constantFrom('none', 'none', 'user', 'token', 'merge'),
    seed: fc.nat(),
    which: fc.nat(99),
  });
  return fc.record({ content, looks }).map(({ content: it, looks: look }) => {
    const whole: Record<string, unknown> = {
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': it.namespaces.length > 0 ? `${prefix}x0` : '',
      clusters: it.clusters.map((cluster, i) => ({ name: `${prefix}c${i}`, cluster })),
      users: it.users.map((user, i) => ({ name: `${prefix}u${i}`, user })),
      contexts: it.namespaces.map((namespace, i) => ({
        context: { cluster: `${prefix}c${i}`, namespace, user: `${prefix}u${i}` },
        name: `${prefix}x${i}`,
      })),
    };
    const ordered = Object.fromEntries(it.order.map((key) => [key, whole[key]]));
    const index = look.which % it.users.length;
    const isSimple = Object.keys(it.users[index] ?? {}).every((key) =>
      ['token', 'as', 'extensions'].includes(key),
    );
    const hasToken = it.users[index]?.token !== undefined;
    const user = `${prefix}u${index}`;
    if (look.form !== 'yaml') {
      const text = `${JSON.stringify(ordered, null, look.form === 'pretty' ? look.indent : 0)}\n`;
      return { text: look.crlf ? text.replaceAll('\n', '\r\n') : text, user, isSimple: isSimple && hasToken };
    }
    const document = new Document(ordered, { aliasDuplicateObjects: false });
    const hasBlocks = dress(document, look.seed);
    if (look.sharing !== 'none' && it.users.length > 1) share(document, look.sharing, index);
    const written = document.toString({ indent: look.indent, indentSeq: look.indentSeq, lineWidth: 0 });
    const body = look.end === 'cut' ? written.trimEnd() : written + look.end;
    const text = look.start + body;
    return {
      text: look.crlf ? text.replaceAll('\n', '\r\n') : text,
      user,
      isSimple: isSimple && hasToken && !hasBlocks && look.sharing === 'none',
    };
  });
}

/** Gives nodes quotes, flow style and comments. @returns whether a scalar is a block */
function dress(document: Document, seed: number): boolean {
  let hasBlocks = false;
  let state = seed;
  const roll = (): number => {
    // A linear congruential generator's upper bits.
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state >>> 16) % 1000;
  };
  visit(document, {
    Scalar: (key, scalar, path) => {
      if (key === 'key' || typeof scalar.value !== 'string') return;
      const thrown = roll();
      const inFlow = path.some((at) => (isMap(at) || isSeq(at)) && at.flow === true);
      scalar.type = thrown < 300 ? Scalar.QUOTE_DOUBLE : thrown < 500 ? Scalar.QUOTE_SINGLE : Scalar.PLAIN;
      if (needsQuotes(scalar.value) && scalar.type === Scalar.PLAIN) scalar.type = Scalar.QUOTE_DOUBLE;
      if (thrown > 960 && !inFlow) {
        scalar.type = Scalar.BLOCK_LITERAL;
        hasBlocks = true;
      } else if (thrown > 900 && !inFlow) scalar.comment = ' kept';
    },
    Collection: (_, node, path) => {
      const thrown = roll();
      if (thrown < 150 && path.length > 1) node.flow = true;
      else if (thrown < 300 && path.length > 2 && node.items.length > 0) node.commentBefore = ' also kept';
    },
  });
  return hasBlocks;
}

/** Numbers, booleans and dates of YAML 1.1, which kubectl reads. */
function needsQuotes(text: string): boolean {
  return !/^[A-Za-z][\w./:~-]{4,}$/.test(text) || text.endsWith(':');
}

/** Lets a user share something with the one before, or after it. */
function share(document: Document, what: string, index: number): void {
  const users = document.get('users') as { items: YAMLMap[] };
  const [from, to] = index > 0 ? [index - 1, index] : [0, 1];
  const giver = users.items[from]?.get('user', true);
  const taker = users.items[to];
  if (!isMap(giver) || taker === undefined) return;
  const taken = taker.get('user');
  if (what === 'user') taker.set('user', document.createAlias(giver, 'shared'));
  else if (what === 'merge' && isMap(taken) && giver.items.length > 0) {
    taken.items.unshift(document.createPair('<<', document.createAlias(giver, 'shared')) as Pair);
    taken.flow = false;
    for (const pair of taken.items.slice(1)) if (isScalar(pair.value)) pair.value.comment = null;
  } else if (what === 'token' && isMap(taken)) {
    const token = giver.get('token', true);
    if (isScalar(token)) taken.set('token', document.createAlias(token, 'shared'));
  }
}
