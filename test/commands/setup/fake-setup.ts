import type {
  AstrayEngine,
  Proof,
  SetupBinding,
  SetupPorts,
} from '../../../src/commands/setup/setup-ports.ts';
import type { FileEdit } from '../../../src/engines/edits/apply-engine-edit.ts';
import type { ConfiguredHost, HostSetup, OneEngine } from '../../../src/engines/edits/setup-files.ts';
import type { AppError } from '../../../src/hosts/reason.ts';
import { identity, SERVER, unexpected } from '../../support/identities.ts';

export const HOST = 'registry.example.com';
export const BINDING: SetupBinding = { server: SERVER, user: 'alice', context: 'work', insecure: false };

type Fakes = Partial<Omit<SetupPorts, 'files' | 'timer' | 'terminal'>> & {
  readonly files?: Partial<SetupPorts['files']>;
  readonly timer?: Partial<SetupPorts['timer']>;
  readonly terminal?: Partial<SetupPorts['terminal']>;
};

/** Ports that fail on any call but printing and progress, but for the fakes; and what was printed. */
export function fakePorts({ files, timer, terminal, ...fakes }: Fakes = {}) {
  const out: string[] = [];
  const err: string[] = [];
  const given: SetupPorts = {
    print: (line) => out.push(line),
    printError: (line) => err.push(line),
    readIdentities: unexpected('readIdentities'),
    askCluster: unexpected('askCluster'),
    environmentHosts: [],
    findLoginFor: unexpected('findLoginFor'),
    signIn: unexpected('signIn'),
    forgetAnswer: unexpected('forgetAnswer'),
    removeCached: unexpected('removeCached'),
    prove: unexpected('prove'),
    enginesAstray: unexpected('enginesAstray'),
    enginesUntrusting: unexpected('enginesUntrusting'),
    whyHelperUnfound: unexpected('whyHelperUnfound'),
    lacksSecretPlace: async () => false,
    ...fakes,
    terminal: {
      isInteractive: false,
      columns: undefined,
      hasColours: false,
      confirm: unexpected('confirm'),
      progress: () => {},
      ...terminal,
    },
    files: {
      configuredHosts: unexpected('configuredHosts'),
      keptServiceAccount: unexpected('keptServiceAccount'),
      plan: unexpected('plan'),
      planUndo: unexpected('planUndo'),
      ...files,
    },
    timer: {
      isInstalled: unexpected('isInstalled'),
      install: unexpected('install'),
      isOwn: unexpected('isOwn'),
      remove: unexpected('remove'),
      ...timer,
    },
  };
  return { given, out, err };
}

type PlannedText = Omit<FileEdit, 'apply'>;

interface Working {
  /** What the config says, by host. */
  readonly configured?: Readonly<Record<string, ConfiguredHost>>;
  readonly kept?: string;
  readonly insecure?: boolean;
  readonly unfound?: AppError;
  readonly proof?: Proof;
  readonly astray?: readonly AstrayEngine[];
  readonly untrusting?: readonly AstrayEngine[];
  readonly planned?: readonly PlannedText[];
}

const TWO_FILES: readonly PlannedText[] = [
  { path: '/c/config.yaml', changes: ['bound it', 'twice'], diff: ['@@', '+server: x', '-old', ' same'] },
  { path: '/d/config.json', changes: [], diff: [] },
];

/** Ports for a setup that works, and what was asked of them, in order. */
export function working(more: Working = {}, fakes: Fakes = {}) {
  const planned: HostSetup[] = [];
  const cleared: string[] = [];
  const engines: OneEngine[] = [];
  const contexts: (string | undefined)[] = [];
  const did: string[] = [];
  const files = more.planned ?? TWO_FILES;
  const rig = fakePorts({
    readIdentities: async () => ({ all: [identity({ context: 'ci' })], current: undefined, problems: [] }),
    askCluster: async () => ({ hosts: [HOST] }),
    findLoginFor: async (_host, context) => {
      contexts.push(context);
      return { ...BINDING, context: context ?? BINDING.context, insecure: more.insecure ?? false };
    },
    signIn: async (host) => {
      did.push(`sign in ${host}`);
    },
    enginesAstray: async () => more.astray ?? [],
    enginesUntrusting: async () => more.untrusting ?? [],
    whyHelperUnfound: async () => more.unfound,
    forgetAnswer: async (host) => {
      did.push(`forget ${host}`);
    },
    prove: async (host) => {
      did.push(`prove ${host}`);
      return more.proof ?? { kind: 'accepted', username: 'alice' };
    },
    ...fakes,
    files: {
      configuredHosts: async () => new Map(Object.entries(more.configured ?? {})),
      keptServiceAccount: async () => more.kept,
      plan: async (setups, engine, hosts = []) => {
        planned.push(...setups);
        cleared.push(...hosts);
        engines.push(engine);
        return files.map((file) => ({
          ...file,
          apply: async () => {
            if (file.changes.length === 0) return [];
            did.push(`write ${file.path}`);
            return [...file.changes, 'and more'];
          },
        }));
      },
      ...fakes.files,
    },
  });
  return { ...rig, planned, cleared, engines, contexts, did };
}

/** What the config says of a host. */
export function configuredHost(fields: Partial<ConfiguredHost>): ConfiguredHost {
  return { server: undefined, user: undefined, context: undefined, isAnonymous: false, ...fields };
}
