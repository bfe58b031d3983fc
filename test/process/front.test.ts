import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { frontFault, frontOf } from '../../src/process/front.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const NAME = 'docker-credential-openshift';

for (const ending of ['', '.exe']) {
  test(`the front of ${NAME}${ending} has its name, in bin beside libexec or beside that itself`, async (t) => {
    const prefix = temporaryDirectory(t);
    const program = join(prefix, 'libexec', NAME, NAME + ending);
    assert.equal(frontOf(program), undefined);
    const fault = await frontFault(program);
    const inBin = join(prefix, 'bin', NAME + ending);
    assert.deepEqual(
      [fault?.code, fault?.why],
      ['front-missing', `The front that engines start is not at ${inBin}`],
    );
    assert.match(
      JSON.stringify(fault?.fix),
      ending === '' ? /scripts\/install/ : /bin and libexec of its archive/,
    );
    for (const front of [join(prefix, NAME + ending), inBin]) {
      mkdirSync(dirname(front), { recursive: true });
      writeFileSync(front, '');
      assert.equal(frontOf(program), front);
    }
  });
}

test('a program that lies elsewhere than in libexec was built without a front', async () => {
  assert.equal(frontOf('/opt/bin/docker-credential-openshift'), undefined);
  assert.equal(await frontFault('/opt/bin/docker-credential-openshift'), undefined);
});
