import assert from 'node:assert/strict';
import { openKeychain } from '../../src/keychain/open-keychain.ts';

/** A process of its own, since the library reads the session's bus from the real environment. */
const [platform] = process.argv.slice(2) as [NodeJS.Platform];
const keychain = await openKeychain({ platform, env: process.env, uid: process.geteuid?.() });
const item = { host: 'registry.example.com', id: platform };
const secret = `${'ü€𝄞'.repeat(900)}.`;

assert.deepEqual(await keychain.health(), { kind: 'ok' });
assert.deepEqual(await keychain.read(item), { fault: 'gone' });
assert.equal(await keychain.write(item, 'robot', secret), undefined);
assert.deepEqual(await keychain.read(item), { secret });
assert.equal(await keychain.remove([item]), undefined);
assert.deepEqual(await keychain.read(item), { fault: 'gone' });
process.stdout.write('done');
process.exit();
