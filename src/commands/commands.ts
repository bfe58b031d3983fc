import { closestName } from '../config/closest-name.ts';
import { AUTHFILE } from './authfile/declaration.ts';
import type { CommandDeclaration } from './declaration.ts';
import { DOCTOR } from './doctor/declaration.ts';
import { KUBELET } from './kubelet/declaration.ts';
import { LOGIN } from './login/declaration.ts';
import { LOGOUT } from './logout/declaration.ts';
import { PULL_SECRET } from './pull-secret/declaration.ts';
import { RENEW } from './renew/declaration.ts';
import { SERVICE_ACCOUNT } from './service-account/declaration.ts';
import { SETUP } from './setup/declaration.ts';
import { STATUS } from './status/declaration.ts';
import { TOKEN } from './token/declaration.ts';

/** Every command, in the order in which one meets them. */
export const COMMANDS = {
  setup: SETUP,
  login: LOGIN,
  renew: RENEW,
  doctor: DOCTOR,
  status: STATUS,
  authfile: AUTHFILE,
  token: TOKEN,
  logout: LOGOUT,
  'service-account': SERVICE_ACCOUNT,
  kubelet: KUBELET,
  'pull-secret': PULL_SECRET,
} as const satisfies Record<string, CommandDeclaration>;

/** A command's name, as it is typed. */
export type CommandName = keyof typeof COMMANDS;

/** The protocol's verbs, which engines call, and what comes on stdin. */
export const VERBS = {
  get: 'a registry host; prints a credential',
  store: "a credential; keeps it in your keychain, or signs the host in again if it is your cluster's token",
  erase: 'a registry host; signs it out until the next login',
  list: 'nothing; prints the hosts that there is a credential for',
} as const;

/** @returns whether a word is the name of a command */
export function isCommand(word: string): word is CommandName {
  return Object.hasOwn(COMMANDS, word);
}

/** What the program knows beside its commands: `help` tells all there is to say of each. */
const BUILT_IN: readonly string[] = ['version', 'help', ...Object.keys(VERBS)];

/** @returns whether a word is one of the protocol's verbs, `help` or `version` */
export function isBuiltIn(word: string): boolean {
  return BUILT_IN.includes(word);
}

/** @returns the word that was probably meant by one that is no command */
export function meantCommand(typed: string): string | undefined {
  return closestName(typed, [...Object.keys(COMMANDS), ...BUILT_IN]);
}
