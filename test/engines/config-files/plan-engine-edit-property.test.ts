import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { membersOf, parseJsonObject } from '../../../src/engines/json-members.ts';
import { planEngineEdit, shadowsHost } from '../../../src/engines/plan-engine-edit.ts';

const hosts = ['registry.example.com', '10.0.0.1:5000'];
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
  fc.string({ maxLength: 8 }),
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
  fc.string({ maxLength: 8 }).filter((key) => !['auths', 'credhelpers'].includes(key.toLowerCase())),
  value,
);
const auths = objectText(fc.tuple(names, value), 5).map((text): [string, string] => ['auths', text]);
const helper = fc.constantFrom('"openshift"', '"gcloud"', '""');
const credHelpers = objectText(fc.tuple(names, helper), 4).map((text): [string, string] => [
  'credHelpers',
  text,
]);
const file = fc
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

/** The members of an object, each with its own bytes: from its key to the end of its value. */
function slices(text: string, of: ReturnType<typeof parseJsonObject>) {
  return membersOf(of).map(({ name, start, end, value: node }) => ({
    name,
    raw: text.slice(start, end),
    node,
  }));
}

function under(text: string, name: string) {
  const found = slices(text, parseJsonObject(text, '')).find((member) => member.name === name);
  return found === undefined
    ? []
    : slices(text, found.node).map(({ name: key, raw }) => ({ name: key, raw }));
}

test('nothing but the planned keys differs, and planning again changes nothing', () => {
  fc.assert(
    fc.property(file, fc.boolean(), (text, addCredHelpers) => {
      const request = { path: 'config.json', hosts, addCredHelpers };
      const planned = planEngineEdit(text, request);
      const after = planned.text ?? '';
      assert.equal(planned.changes.length === 0, after === text);
      JSON.parse(after);

      const others = (t: string) =>
        slices(t, parseJsonObject(t, ''))
          .filter(({ name }) => name !== 'auths' && name !== 'credHelpers')
          .map(({ raw }) => raw);
      assert.deepEqual(others(after), others(text));
      const kept = under(text, 'auths').filter(({ name }) => !hosts.some((host) => shadowsHost(name, host)));
      assert.deepEqual(under(after, 'auths'), kept);
      const foreign = (t: string) => under(t, 'credHelpers').filter(({ name }) => !hosts.includes(name));
      assert.deepEqual(foreign(after), foreign(text));
      const helpers = JSON.parse(after).credHelpers ?? {};
      for (const host of hosts) {
        const had = under(text, 'credHelpers').some(({ name }) => name === host);
        assert.equal(helpers[host], had || addCredHelpers ? 'openshift' : undefined);
      }
      // What comes before the first brace's first member and after the last brace is nobody's.
      assert.equal(/\s*$/.exec(after)?.[0], /\s*$/.exec(text)?.[0]);

      assert.deepEqual(planEngineEdit(after, request), { text: after, changes: [] });
    }),
    { numRuns: 1000 },
  );
});
