import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import manifest from '../../package.json' with { type: 'json' };
import { manPage } from './man-page.ts';

const [path, date] = process.argv.slice(2);
if (path === undefined || date === undefined) throw new Error('Usage: write-man-page.ts FILE DATE');
mkdirSync(dirname(path), { recursive: true });
writeFileSync(path, manPage(manifest.version, date));
