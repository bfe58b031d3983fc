import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkProviderConfig, isConfigName } from '../../src/kubelet/provider-config.ts';
import cases from './provider-configs.json' with { type: 'json' };

type Files = Readonly<Record<string, string>>;

/** What kubelet makes of a directory with these files. */
function check(files: object) {
  const read = Object.entries(files as Files)
    .filter(([name]) => isConfigName(name))
    .sort(([one], [other]) => (one < other ? -1 : 1));
  return checkProviderConfig(read.map(([name, text]) => ({ path: `/etc/providers/${name}`, text })));
}

for (const { name, files, code, at } of cases.refused) {
  test(`kubelet ends of ${name}, and the place is named`, () => {
    const fatal = check(files).findings.filter(({ isFatal }) => isFatal);
    const place = at === '' ? '' : ` ${at}:`;
    assert.ok(
      fatal.some((each) => each.code === code && each.why.includes(place)),
      JSON.stringify(fatal.map((each) => [each.code, each.why])),
    );
    for (const { path, line, why, fix } of fatal) {
      assert.ok(why.startsWith(`${path} line ${line}: `), why);
      assert.ok(
        line <= ((files as Files)[path.slice('/etc/providers/'.length)] ?? '').split('\n').length,
        why,
      );
      assert.ok(fix !== undefined);
    }
  });
}

for (const { name, files, providers, void: voidCount } of cases.taken) {
  test(`kubelet takes ${name}`, () => {
    const checked = check(files);
    assert.deepEqual(
      checked.providers.map(({ provider }) => provider.name),
      providers,
    );
    assert.deepEqual(
      checked.findings.map(({ isFatal, code }) => [isFatal, code]),
      Array(voidCount).fill([false, 'match-image-void']),
    );
  });
}
