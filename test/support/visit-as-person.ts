import { openBrowser } from '../sandbox/oauth/browser.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';

/**
 * Logs in on the cluster's own page, without a real browser.
 * @returns the address that the person is sent back to, unvisited
 */
export async function visitAsPerson(url: string, sandbox: Sandbox, user: string): Promise<URL> {
  const browser = openBrowser(sandbox);
  await browser.get(url.slice(sandbox.oauthUrl.length));
  await browser.follow();
  await browser.submit({ username: user, password: `${user}-password` });
  const answer = await browser.follow();
  return new URL(answer.header('Location') ?? '');
}
