import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { keyFile, readyFile } from '../../src/files/answer-file.ts';
import { bootId, stampOf, uptimeMs } from '../../src/files/hot-files.ts';
import { formatReady } from '../../src/files/ready-record.ts';
import { answerEnvironment } from '../../src/hosts/cached-answer.ts';
import { placeWith, testOfFront } from './stand-in.ts';

/** GETS=1000000 is what a soak takes. */
const GETS = Number(process.env.GETS ?? 5000);
const DAY_MS = 86_400_000;
const HOST = 'r.example.com';
const KEY = '000102030405060708090a0b0c0d0e0f';
const program = fileURLToPath(new URL('replaced-records.c', import.meta.url));

testOfFront(
  `of ${GETS} warm gets, with records and sources replaced underneath, none is torn and none is void`,
  async (t) => {
    const place = placeWith(t, undefined);
    const { directory, env } = place;
    const harness = join(directory, 'harness');
    const compiled = spawnSync('cc', ['-std=gnu17', '-O2', '-o', harness, program], { encoding: 'utf8' });
    assert.equal(compiled.status, 0, compiled.stderr);
    // It is the main program, too.
    copyFileSync(harness, place.main);
    const cache = join(directory, '.cache/docker-credential-openshift');
    mkdirSync(join(cache, 'answers'), { recursive: true, mode: 0o700 });
    writeFileSync(keyFile(cache), `${KEY}\n`, { mode: 0o600 });
    const source = join(directory, 'source');
    const files = ['a', 'b'].map((name) => join(directory, name));
    for (const file of files) {
      writeFileSync(file, file);
      const out = JSON.stringify({ ServerURL: HOST, Username: file, Secret: file.slice(-1).repeat(3000) });
      const wallMs = Date.now();
      const ready = formatReady({
        host: HOST,
        decidedAt: { wallMs, uptimeMs: uptimeMs() },
        bootId: bootId(),
        untilMs: wallMs + DAY_MS,
        environment: answerEnvironment(env, process.geteuid?.(), () => directory, KEY),
        sources: [[source, stampOf(file)]],
        answer: { kind: 'said', status: 0, out, err: '' },
      });
      writeFileSync(`${file}.ready`, ready ?? assert.fail());
      writeFileSync(`${file}.line`, `${out}\n`);
    }
    symlinkSync(files[0] ?? '', source);
    assert.ok(statSync(source).isFile());
    const words = [String(GETS), place.front, HOST, readyFile(cache, HOST), source, ...files];
    const child = spawn(harness, words, { env, stdio: ['ignore', 'pipe', 'inherit'] });
    const told = text(child.stdout);
    const [status] = await once(child, 'exit');
    t.diagnostic(await told);
    assert.equal(status, 0, await told);
    const [, ...counts] = /^(\d+) (\d+) from records, (\d+) /.exec(await told) ?? [];
    for (const count of counts) assert.ok(Number(count) > 0, await told);
  },
);
