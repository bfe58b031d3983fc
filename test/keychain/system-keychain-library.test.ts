import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { testWith } from '../support/find-program.ts';
import { secretServicePrograms, startSecretService } from '../support/secret-service.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const script = fileURLToPath(new URL('library-round-trip.ts', import.meta.url));

test(
  ...testWith(
    secretServicePrograms,
    'the library for macOS and Windows keeps, reads and removes secrets of 8 KB, in one entry and in several',
  ),
  async (t) => {
    const service = await startSecretService(temporaryDirectory(t));
    t.after(service.stop);
    for (const platform of ['darwin', 'win32']) {
      const running = promisify(execFile)(process.execPath, [script, platform], { env: service.env });
      assert.equal((await running).stdout, 'done', platform);
    }
  },
);
