import type { Fault } from './fault.ts';
import { CLOCKS_AND_USERS } from './faults/clocks-and-users.ts';
import { FILES } from './faults/files.ts';
import { NETWORK } from './faults/network.ts';
import { PROCESS } from './faults/process.ts';
import { SERVERS } from './faults/servers.ts';

/** The rows of the matrix. */
export const FAULTS: readonly Fault[] = [...NETWORK, ...SERVERS, ...CLOCKS_AND_USERS, ...FILES, ...PROCESS];
