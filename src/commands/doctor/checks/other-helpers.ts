import { join } from 'node:path';
import { type AuthFile, filesOf } from '../../../engines/engine-state.ts';
import { rulesOf } from '../../../engines/engines.ts';
import { shownName } from '../../../hosts/quoting.ts';
import { OUR_HELPER, programOf } from '../../../registry/engine-names.ts';
import { normaliseRegistryHost } from '../../../registry/registry-host.ts';
import type { Check, Finding } from '../check.ts';
import type { Facts } from '../facts.ts';
import { EVERYWHERE } from './helper-program.ts';

/** Whom else the engines' files name. */
export const OTHER_HELPER_CHECKS: readonly Check[] = [
  {
    id: 'creds-store',
    title: "docker's `credsStore`: its program, and the logins that docker does not see for it",
    needs: 'machine',
    run: credsStore,
  },
  {
    id: 'other-helpers',
    title:
      'helpers of others that the files name: one that is missing fails the pulls of its hosts, and every GitLab job; clients whose own logins are not looked at',
    needs: 'machine',
    run: otherHelpers,
  },
];

async function credsStore(facts: Facts): Promise<readonly Finding[]> {
  const { engines, engineState, ours } = facts;
  const [engine] = engines.filter((name) => rulesOf(name).credsStore);
  if (engine === undefined) return [];
  const told = filesOf(engine, await engineState()).map(async (file) =>
    file.credsStore === undefined
      ? []
      : [await aboutStore(file, file.credsStore, facts), ...unseen(file, file.credsStore, ours)],
  );
  return (await Promise.all(told)).flat();
}

async function aboutStore(
  { path }: AuthFile,
  store: string,
  { isOnPath, findProgram, helperVersion }: Facts,
): Promise<Finding> {
  const why = `${path} has the credsStore ${shownName(store)}`;
  const program = isOnPath(store)
    ? findProgram(programOf(store)).find(({ isExecutable }) => isExecutable)
    : undefined;
  // What it keeps is not asked for: that may open a dialogue.
  if (program !== undefined && (await helperVersion(program.path)).kind === 'not-run') {
    return {
      status: 'warning',
      code: 'creds-store-not-run',
      why: `${why}, and ${program.path} can't be run here`,
      effect:
        "docker's pulls of every host that credHelpers does not name fail from 29 on, and before that find no stored login",
      fix: { do: `Install ${programOf(store)} anew, or take credsStore out of ${path}.` },
    };
  }
  if (!isOnPath(store)) {
    return {
      status: 'warning',
      code: 'creds-store-missing',
      why: `${why}, and ${programOf(store)} is not on the PATH`,
      effect:
        'docker finds no stored login of any host but those under credHelpers: up to version 28 without a word, and from 29 on it fails',
      fix: { do: `Install ${programOf(store)}, or take credsStore out of ${path}.` },
    };
  }
  const after = store.startsWith('desktop')
    ? '; Docker Desktop puts it back when it starts, and leaves credHelpers as it is'
    : '';
  const effect = `docker asks it for every host that credHelpers does not name${after}`;
  return { status: 'ok', code: 'creds-store', why, effect };
}

/** Logins that docker does not see; what has expired, or is for our own hosts, is told elsewhere. */
function unseen({ path, logins, helpers }: AuthFile, store: string, ours: readonly string[]): Finding[] {
  return logins
    .filter(({ host, secret }) => secret?.dead === false && (host === undefined || !ours.includes(host)))
    .filter(({ key }) => !helpers.some((named) => named.key === key))
    .map(({ key, host }) => ({
      status: 'warning',
      code: 'login-unseen-by-docker',
      host,
      why: `${path} holds a login for ${shownName(key)} that docker does not see`,
      effect: `With the credsStore ${shownName(store)} docker reads no login in this file; podman, which never reads credsStore, does`,
      fix: { run: `docker login ${host ?? key}` },
    }));
}

/** A client that keeps logins in a file of a form of its own, which is not looked at. */
const OTHERS = [
  {
    client: 'regctl',
    variable: 'REGCTL_CONFIG',
    file: '.regctl/config.json',
    logsOutBy: 'regctl registry logout',
  },
] as const;

function unread({ env, exists, ours }: Facts): Finding[] {
  const [host] = ours;
  return OTHERS.flatMap(({ client, variable, file, logsOutBy }): Finding[] => {
    const home = env.HOME || env.USERPROFILE || undefined;
    const path = env[variable] || (home === undefined ? undefined : join(home, file));
    if (path === undefined || host === undefined || !exists(path)) return [];
    const why = `${client} keeps logins of its own in ${path}, which is not looked at`;
    const effect = `A login in it is sent before this helper is asked; this takes one out: ${logsOutBy} ${host}`;
    return [{ status: 'note', code: 'client-not-looked-at', why, effect }];
  });
}

/** Our own is told of by itself, and a credsStore too. Of one thing that was asked about, only what is named for it is told. */
async function otherHelpers(facts: Facts): Promise<readonly Finding[]> {
  const { engines, subject, hosts, findProgram } = facts;
  const files = (await facts.engineState()).files.filter((file) =>
    file.readBy.some((engine) => engines.includes(engine)),
  );
  // Its runner, a service, runs every helper that a file names, for every image, and drops all logins where one fails.
  const isForRunner = findProgram('gitlab-runner').length > 0;
  const found = files.flatMap(({ path, helpers, current }) => {
    const keys = new Map<string, string[]>();
    for (const { key, helper } of helpers) {
      const isAsked =
        subject.kind === 'all' || isForRunner || hosts.includes(normaliseRegistryHost(key) ?? '');
      if (isAsked) keys.set(helper, [...(keys.get(helper) ?? []), key]);
    }
    return [...keys].flatMap(([helper, named]): Finding[] => {
      const program = programOf(helper);
      const why = `${path} names the helper ${shownName(helper)} for ${named.map(shownName).join(', ')}`;
      if (!facts.isOnPath(helper)) {
        if (helper === OUR_HELPER) return [];
        return [
          {
            status: current ? 'problem' : 'warning',
            code: 'named-helper-missing',
            why: `${why}, and ${program} is not on the PATH`,
            effect:
              'podman, buildah, skopeo and docker 29 fail every pull from there; GitLab Runner and `oc image` run every helper of the file and fail for one that is missing',
            fix: { do: `Install ${program}, or take it out of credHelpers in ${path}.` },
          },
        ];
      }
      if (!isForRunner || findProgram(program).some((found) => EVERYWHERE.test(found.path))) return [];
      return [
        {
          status: 'warning',
          code: 'named-helper-not-for-services',
          why: `${why}, and ${program} is in no directory that services have on their PATH`,
          effect:
            'GitLab Runner runs every helper of the file for every image, and drops all its logins where one is missing',
          fix: { do: `Install ${program} into /usr/local/bin.` },
        },
      ];
    });
  });
  return [...found, ...unread(facts)];
}
