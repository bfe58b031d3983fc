import { existsSync } from 'node:fs';
import type { TestContext } from 'node:test';
import { type BrowserContext, chromium } from 'playwright-core';
import { temporaryDirectory } from './temporary-directory.ts';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const executable = PLACES.find((path) => existsSync(path));

/** The reason, for a test's name, why it is left out. */
export const withoutChromium =
  executable === undefined ? 'skipped: there is no Chromium (Debian: chromium)' : false;

/** A browser that a person has just started: a profile of its own, which trusts the sandbox's authority. */
export async function startChromium(
  t: TestContext,
  options: { readonly colorScheme?: 'light' | 'dark' } = {},
): Promise<BrowserContext & { readonly profile: string }> {
  const profile = temporaryDirectory(t);
  const context = await chromium.launchPersistentContext(profile, {
    ...(executable === undefined ? {} : { executablePath: executable }),
    args: FLAGS,
    headless: true,
    ignoreHTTPSErrors: true,
    viewport: { width: 900, height: 640 },
    ...options,
  });
  t.after(() => context.close());
  return Object.assign(context, { profile });
}
