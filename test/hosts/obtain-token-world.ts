import type { Identity, ServiceAccountOrder } from '../../src/hosts/identity.ts';
import type { KeptToken, MintOutcome, ObtainPorts } from '../../src/hosts/keep-token.ts';
import { obtainToken } from '../../src/hosts/obtain-token.ts';
import { AT_HALF } from '../../src/hosts/renewal.ts';
import { identity, unexpected } from '../support/identities.ts';
import { type KeepTokenMachine, keepTokenMachine } from './keep-token-machine.ts';

export const HOST = 'registry.example.com';
export const ORDER: ServiceAccountOrder = {
  namespace: 'ci',
  name: 'puller',
  lifeSeconds: 8 * 3600,
  selfRenew: false,
};
export const SELF_RENEWING: ServiceAccountOrder = { ...ORDER, selfRenew: true };

export interface ObtainWorld {
  readonly machine: KeepTokenMachine;
  /** Who asked for a token: the bearer, or undefined for a client certificate. */
  readonly bearers: (string | undefined)[];
  readonly obtain: (
    who?: Identity,
    order?: ServiceAccountOrder,
    eager?: boolean,
    refused?: string,
  ) => ReturnType<typeof obtainToken>;
}

/** A machine and its cluster, which answers one request to mint with each of the outcomes, in order. */
export function obtainWorld(
  options: {
    kept?: KeptToken;
    outcomes?: readonly MintOutcome[];
    readTokenFile?: ObtainPorts['readTokenFile'];
    runPlugin?: ObtainPorts['runPlugin'];
  } = {},
): ObtainWorld {
  const machine = keepTokenMachine(options.kept === undefined ? {} : { key: options.kept });
  const outcomes = [...(options.outcomes ?? [])];
  const bearers: (string | undefined)[] = [];
  const ports: ObtainPorts = {
    ...machine.ports,
    readTokenFile: options.readTokenFile ?? unexpected('readTokenFile'),
    runPlugin: options.runPlugin ?? unexpected('runPlugin'),
    mint: async (_host, _identity, bearer) => {
      bearers.push(bearer);
      return outcomes.shift() ?? unexpected('mint')();
    },
    missingRight: (who, { namespace, name }) => ({
      message: `${who} may not mint for ${namespace}/${name}`,
      fix: { run: 'oc create role' },
    }),
    keyOf: async () => 'key',
    paceOf: async () => AT_HALF,
  };
  return {
    machine,
    bearers,
    obtain: (who = identity(), order = undefined, eager = false, refused = undefined) =>
      obtainToken(HOST, who, order, { eager, refused }, ports),
  };
}
