import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { registryKeys, secretsKind, topLevelKeys } from '../../src/config/config.ts';

const schema = JSON.parse(
  readFileSync(new URL('../../packaging/config.schema.json', import.meta.url), 'utf8'),
);

test('the JSON schema and the parser know the same keys, of the same kinds', () => {
  const published: Record<string, { description?: string }> = schema.$defs.registry.properties;
  const bare = Object.entries(published).map(([name, { description: _, ...kind }]) => [name, kind]);
  const read = Object.entries(registryKeys).map(([name, kind]) => [name, kind.schema]);
  assert.deepEqual(Object.fromEntries(bare), Object.fromEntries(read));
  assert.deepEqual(Object.keys(schema.properties), [...topLevelKeys]);
  const { description: _, ...secrets } = schema.properties.secrets;
  assert.deepEqual(secrets, secretsKind.schema);
});

test('every key in the JSON schema has a description, and no other key is allowed', () => {
  for (const [name, property] of Object.entries<{ description?: string }>(schema.$defs.registry.properties)) {
    assert.ok(property.description, name);
  }
  assert.equal(schema.additionalProperties, false);
  assert.equal(schema.$defs.registry.additionalProperties, false);
});
