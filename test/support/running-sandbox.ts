import type { TestContext } from 'node:test';
import { type Sandbox, startSandbox } from '../sandbox/sandbox.ts';

/** A sandbox that is stopped after the test. */
export async function runningSandbox(
  t: TestContext,
  options: Parameters<typeof startSandbox>[0] = {},
): Promise<Sandbox> {
  const sandbox = await startSandbox(options);
  t.after(() => sandbox.stop());
  return sandbox;
}
