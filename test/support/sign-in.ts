import type { Page } from 'playwright-core';

/** Fills in the cluster's own login form. */
export async function signIn(page: Page, username: string, password: string): Promise<void> {
  await page.fill('input[name=username]', username);
  await page.fill('input[name=password]', password);
  await page.click('button[type=submit], input[type=submit]');
}
