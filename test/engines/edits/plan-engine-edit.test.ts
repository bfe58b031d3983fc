import assert from 'node:assert/strict';
import { test } from 'node:test';
import { planEngineEdit, shadowsHost } from '../../../src/engines/edits/plan-engine-edit.ts';
import { AppError } from '../../../src/hosts/reason.ts';
import { bareFix } from '../../support/bare-fix.ts';

const host = 'registry.example.com';
const plan = (
  text: string | null,
  more: { hosts?: string[]; addCredHelpers?: boolean; legacy?: boolean } = {},
) => planEngineEdit(text, { path: 'config.json', hosts: [host], addCredHelpers: true, ...more });
const lines = (...all: string[]) => all.join('\n');

test('a new file looks as docker would write it, with `auths`, without which Red Hat`s podman-login action fails', () => {
  const { text, changes } = plan(null);
  assert.equal(
    text,
    '{\n\t"auths": {},\n\t"credHelpers": {\n\t\t"registry.example.com": "openshift"\n\t}\n}',
  );
  assert.deepEqual(changes, ['set the helper for registry.example.com to "openshift"']);
});

test('an empty file becomes a whole object, since podman refuses an empty one', () => {
  assert.equal(plan('').text, plan(null).text);
  assert.equal(plan(' \r\n').text, plan(null).text);
  const { text, changes } = plan('', { addCredHelpers: false });
  assert.equal(text, '{\n\t"auths": {}\n}');
  assert.equal(changes.length, 1);
});

test('a host that is kept anonymous loses its logins, and gets no helper', () => {
  const open = 'open.example.com';
  const text = JSON.stringify({
    auths: { [open]: { auth: 'x' }, [`${open}/team`]: {}, 'other.example.com': {} },
  });
  const request = { path: 'config.json', hosts: [], cleared: [open], addCredHelpers: true };
  const planned = planEngineEdit(text, request);
  assert.equal(planned.text, '{"auths":{"other.example.com":{}}}');
  assert.deepEqual(planned.changes, [
    `removed the stored login "${open}": the config keeps it anonymous`,
    `removed the entry "${open}/team", which holds no login`,
  ]);
  assert.deepEqual(planEngineEdit(null, request), { text: null, changes: [] });
});

test('without helpers to add, a missing file stays missing', () => {
  assert.deepEqual(plan(null, { addCredHelpers: false }), { text: null, changes: [] });
});

test('an entry is added in the style of the file', () => {
  const cases: [string, string][] = [
    [
      lines('{', '  "auths": {},', '  "credsStore": "desktop"', '}', ''),
      lines(
        '{',
        '  "auths": {},',
        '  "credsStore": "desktop",',
        '  "credHelpers": {',
        '    "registry.example.com": "openshift"',
        '  }',
        '}',
        '',
      ),
    ],
    ['{"a":1}', '{"a":1,"credHelpers":{"registry.example.com":"openshift"}}'],
    ['{"a": 1, "b": 2}\n', '{"a": 1, "b": 2, "credHelpers": {"registry.example.com": "openshift"}}\n'],
    [
      '{\r\n    "credHelpers": {\r\n        "x.io": "x"\r\n    }\r\n}\r\n',
      '{\r\n    "credHelpers": {\r\n        "x.io": "x",\r\n        "registry.example.com": "openshift"\r\n    }\r\n}\r\n',
    ],
    [
      lines('{', '\t"credHelpers": {},', '\t"z": 1', '}'),
      lines('{', '\t"credHelpers": {', '\t\t"registry.example.com": "openshift"', '\t},', '\t"z": 1', '}'),
    ],
    [
      lines('{', '\t"credHelpers": null', '}'),
      lines('{', '\t"credHelpers": {', '\t\t"registry.example.com": "openshift"', '\t}', '}'),
    ],
    ['{}\n', `{\n\t"credHelpers": {\n\t\t"registry.example.com": "openshift"\n\t}\n}\n`],
  ];
  for (const [text, expected] of cases) {
    assert.equal(plan(text).text, expected);
    assert.deepEqual(plan(expected), { text: expected, changes: [] });
  }
});

test('stored logins that hide the helper go, in every spelling, and no others', () => {
  const text = lines(
    '{',
    '\t"auths": {',
    '\t\t"https://registry.example.com/v1/": {},',
    '\t\t"other.example.com": {"auth": "b3RoZXI="},',
    '\t\t"registry.example.com/ns/img": {},',
    '\t\t"registry.example.com.evil.org": {},',
    '\t\t"http://registry.example.com": {}',
    '\t}',
    '}',
  );
  const { text: edited, changes } = plan(text, { addCredHelpers: false });
  assert.equal(
    edited,
    lines(
      '{',
      '\t"auths": {',
      '\t\t"other.example.com": {"auth": "b3RoZXI="},',
      '\t\t"registry.example.com.evil.org": {}',
      '\t}',
      '}',
    ),
  );
  assert.equal(changes.length, 3);
  assert.match(changes.join('\n'), /"https:\/\/registry\.example\.com\/v1\/"/);
});

test('the stored secret is in no sentence', () => {
  const { changes } = plan(`{"auths":{"${host}":{"auth":"c2VjcmV0"}},"credHelpers":{"${host}":"old"}}`);
  assert.doesNotMatch(changes.join('\n'), /c2VjcmV0/);
  assert.match(changes.join('\n'), /which was "old"/);
});

test('keys are compared whole', () => {
  for (const key of [host, `http://${host}`, `https://${host}/v2/`, `${host}/ns`])
    assert.ok(shadowsHost(key, host), key);
  for (const key of [`${host}:5000`, `x.${host}`, `x/${host}`, `ftp://${host}`, 'Registry.example.com', '']) {
    assert.ok(!shadowsHost(key, host), key);
  }
});

test('an entry for another helper is turned to ours even where none is added', () => {
  const { text } = plan(`{"credHelpers":{"${host}":"gcloud"}}`, { addCredHelpers: false });
  assert.equal(text, `{"credHelpers":{"${host}":"openshift"}}`);
});

test('the names auths and credHelpers count in any case, as they do for engines', () => {
  const { text } = plan(`{"Auths":{"${host}":{}},"CREDHELPERS":{"x.io":"x"}}`);
  assert.equal(text, `{"Auths":{},"CREDHELPERS":{"x.io":"x","${host}":"openshift"}}`);
});

test('a .dockercfg has its logins at the top level and gets no helpers', () => {
  const { text } = plan(`{"https://${host}/v1/":{"auth":"eDp5"},"x.io":{}}\n`, { legacy: true });
  assert.equal(text, '{"x.io":{}}\n');
});

test('several hosts are planned at once', () => {
  const { text, changes } = plan('{"auths":{"a.io":{},"b.io":{}}}', { hosts: ['a.io', 'b.io'] });
  assert.equal(text, '{"auths":{},"credHelpers":{"a.io":"openshift","b.io":"openshift"}}');
  assert.equal(changes.length, 4);
});

test('a broken file is refused with its line and column, and its contents stay out of the message', () => {
  const cases: [string, RegExp][] = [
    ['{\n  "auths": {"h": "secret",}\n}', /^config\.json:2:\d+: the file is not valid JSON/],
    ['{"a": tru}', /^config\.json:1:7: /],
    ['{"a": 1} {', /^config\.json:1:10: /],
    ['{"secret": 1 // comment\n}', /^config\.json:1:14: /],
    ['\uFEFF{}', /^config\.json:1:1: .*byte order mark/],
    ['{\0"\0a', /^config\.json:1:2: .*UTF-8/],
    ['["secret"]', /^config\.json:1:1: .*JSON object/],
    ['null', /JSON object/],
    ['{"auths": ["secret"]}', /^config\.json:1:11: .*"auths"/],
    ['{"auths": {},\n "auths": {}}', /^config\.json:2:2: .*"auths" twice/],
    ['{"credHelpers": {}, "credhelpers": {}}', /"credHelpers" twice/],
    [`{"a":${'['.repeat(100_000)}`, /nested too deeply/],
  ];
  for (const [text, expected] of cases) {
    assert.throws(
      () => plan(text),
      (error) => {
        assert.ok(error instanceof AppError, text);
        assert.match(error.message, expected);
        assert.doesNotMatch(`${error.message}${bareFix(error.fix)}`, /secret/);
        return true;
      },
    );
  }
});

test('a helper that the file need not name goes, whichever it is, and null was none', () => {
  const request = { path: 'config.json', hosts: [host], addCredHelpers: true };
  const text = `{"credHelpers":{"x.io":"pass","${host}":"desktop"}}`;
  const { text: edited, changes, steps } = planEngineEdit(text, { ...request, namedElsewhere: [host] });
  assert.equal(edited, '{"credHelpers":{"x.io":"pass"}}');
  assert.deepEqual(changes, [
    `removed the helper "desktop" for ${host}, which docker's config names for all engines`,
  ]);
  assert.deepEqual(steps, [{ kind: 'unnamed', host, json: '"desktop"', after: 'x.io' }]);
  assert.deepEqual(plan(`{"credHelpers":{"${host}":null}}`).changes, [
    `set the helper for ${host} to "openshift"`,
  ]);
});
