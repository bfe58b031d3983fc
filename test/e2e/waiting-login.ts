import type { TestContext } from 'node:test';
import type { Sandbox } from '../sandbox/sandbox.ts';
import type { HelperProgram } from '../support/helper-program.ts';
import { type RunningLogin, startLogin } from '../support/running-login.ts';
import { type HelperHome, homeAtSandbox } from './helper-home.ts';

interface WaitingLogin {
  readonly sandbox: Sandbox;
  readonly home: HelperHome & { readonly token: string };
  readonly login: RunningLogin;
  /** The address that its browser is to visit. */
  readonly url: string;
}

/** A `login --no-browser` of a person who is logged in already; it waits for a browser, or for a line. */
export async function waitingLogin(
  t: TestContext,
  program: Pick<HelperProgram, 'command'>,
): Promise<WaitingLogin> {
  const { sandbox, home } = await homeAtSandbox(t, program);
  const login = startLogin(t, program, { env: home.env, args: ['--no-browser'] });
  return { sandbox, home, login, url: await login.url };
}
