import fc from '../../support/properties.ts';

/** The hosts that random files have entries for. */
export const hosts = ['registry.example.com', '10.0.0.1:5000'];
/** Keys in ASCII and in all of Unicode, lone halves of pairs included. */
const word = fc.oneof(fc.string({ maxLength: 8 }), fc.string({ maxLength: 8, unit: 'binary' }));
const names = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      ...hosts,
      ...hosts.map((h) => `https://${h}/v1/`),
      ...hosts.map((h) => `${h}/ns`),
    ),
  },
  fc.constantFrom('other.example.com', 'registry.example.com:8443', '__proto__', '', 'a"b\\', 'ünï\u2028'),
  word,
);
const space = fc.constantFrom('', ' ', '\n', '\r\n', '\t', '\n\n    ');
const value = fc.jsonValue({ maxDepth: 2 }).map((json) => JSON.stringify(json));

/** The text of an object with these members, duplicates and odd white space included. */
function objectText(members: fc.Arbitrary<[string, string]>, maxLength: number): fc.Arbitrary<string> {
  const spaced = fc.tuple(members, space, space, space, space);
  return fc.tuple(fc.array(spaced, { maxLength }), space).map(([all, inner]) => {
    const parts = all.map(([[key, json], a, b, c, d]) => `${a}${JSON.stringify(key)}${b}:${c}${json}${d}`);
    return parts.length === 0 ? `{${inner}}` : `{${parts.join(',')}}`;
  });
}

const unrelated = fc.tuple(
  word.filter((key) => !['auths', 'credhelpers'].includes(key.toLowerCase())),
  value,
);
const auths = objectText(fc.tuple(names, value), 5).map((text): [string, string] => ['auths', text]);
const helper = fc.constantFrom('"openshift"', '"gcloud"', '""');
const credHelpers = objectText(fc.tuple(names, helper), 4).map((text): [string, string] => [
  'credHelpers',
  text,
]);
/** The text of a config file of an engine: valid, and as odd as it may be. */
export const configFileText = fc
  .tuple(
    fc.option(auths),
    fc.option(credHelpers),
    fc.array(unrelated, { maxLength: 4 }),
    fc.nat(),
    fc.nat(),
    space,
  )
  .chain(([a, c, others, atA, atC, end]) => {
    const members = [...others];
    if (a !== null) members.splice(atA % (members.length + 1), 0, a);
    if (c !== null) members.splice(atC % (members.length + 1), 0, c);
    const padded = members.map((member) => fc.tuple(fc.constant(member), space, space, space, space));
    return fc.tuple(fc.tuple(...padded), space).map(([all, inner]) => {
      const parts = all.map(([[key, json], p, q, r, s]) => `${p}${JSON.stringify(key)}${q}:${r}${json}${s}`);
      return `${parts.length === 0 ? `{${inner}}` : `{${parts.join(',')}}`}${end}`;
    });
  });
