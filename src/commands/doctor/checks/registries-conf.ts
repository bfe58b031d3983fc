import type { RegistriesConf } from '../../../engines/engine-state.ts';
import { type Engine, rulesOf } from '../../../engines/engines.ts';
import type { Place, Resolution } from '../../../engines/lookup/resolve-image.ts';
import { shellQuoted, shownName } from '../../../hosts/quoting.ts';
import { FILES_AS_HELPER, OUR_HELPER, programOf } from '../../../registry/engine-names.ts';
import { imageInWords } from '../../../registry/image-reference.ts';
import { type RegistryTable, rewritten, tableFor } from '../../../registry/registry-tables.ts';
import { subjectInWords } from '../arguments.ts';
import type { Check, Finding } from '../check.ts';
import type { Facts } from '../facts.ts';

/** podman's registries.conf and its drop-ins: whom it asks for every registry, and which it asks instead of others. */
export const REGISTRIES_CONF_CHECKS: readonly Check[] = [
  {
    id: 'registries-conf',
    title:
      "podman's registries.conf and its drop-ins: what is broken in them, `credential-helpers` and their programs, registries that are blocked, have mirrors, or are asked for at another location",
    needs: 'machine',
    run: registriesConf,
  },
  {
    id: 'short-name',
    title:
      'of an image that was typed without a registry: which one podman takes, whether it knows any, and whether it has to ask you',
    needs: 'machine',
    run: async (facts) => shortName(facts),
  },
];

async function registriesConf(facts: Facts): Promise<readonly Finding[]> {
  const heedsTables = (engine: Engine) => rulesOf(engine).registriesConf !== undefined;
  if (!facts.engines.some(heedsTables)) return [];
  const conf = (await facts.engineState()).registriesConf;
  // Hosts as podman names them, before registries.conf leads elsewhere.
  const hosts = new Set(
    facts.targets.flatMap(({ engines, named, hosts: own }) =>
      engines.some(heedsTables) ? (named ?? own) : [],
    ),
  );
  return [
    ...conf.broken.map(brokenFile),
    ...[...hosts].flatMap((host) => elsewhere(host, conf.tables)),
    ...conf.overridden.flatMap((file) => overridden(file, conf)),
    ...(conf.path === undefined ? [] : helpersIn(conf.path, conf.helpers, facts.isOnPath)),
  ];
}

function overridden(
  file: RegistriesConf['overridden'][number],
  { helpers, path }: RegistriesConf,
): Finding[] {
  if (!file.helpers.includes(OUR_HELPER) || helpers.includes(OUR_HELPER)) return [];
  return [
    {
      status: 'warning',
      code: 'helpers-overridden',
      why: `${file.path} names the helper for every registry, and ${path} overrides that`,
      effect: 'Of all files with credential-helpers, podman takes the last one by name, as a whole',
      fix: { do: `Name the helper in ${path} too, or take credential-helpers out of it.` },
    },
  ];
}

function helpersIn(path: string, helpers: readonly string[], isOnPath: Facts['isOnPath']): Finding[] {
  const missing = helpers.filter((helper) => helper !== FILES_AS_HELPER && !isOnPath(helper));
  const findings = missing.map(
    (helper): Finding => ({
      status: 'problem',
      code: 'registries-conf-helper-missing',
      why: `${path} names the helper ${shownName(helper)}, and ${programOf(helper)} is not on the PATH`,
      effect: 'podman fails every pull for which nothing else gives it a login, of public images too',
      fix: {
        do: `Install ${programOf(helper)}, or take it out of credential-helpers in ${path}.`,
      },
    }),
  );
  const list = `credential-helpers = [${helpers.map((helper) => `"${helper}"`).join(', ')}]`;
  if (!helpers.includes(FILES_AS_HELPER)) {
    findings.push({
      status: 'warning',
      code: 'registries-conf-without-files',
      why: `${path} has ${list}, without "${FILES_AS_HELPER}"`,
      effect: 'podman then reads none of its files, neither logins nor credHelpers',
      fix: { do: `Add "${FILES_AS_HELPER}" as the last one.` },
    });
  } else if (helpers.includes(OUR_HELPER)) {
    const effect = 'Where the helper has no credential, podman goes on to stored logins';
    const why = `podman asks the helper for every registry (${path})`;
    findings.push({ status: 'note', code: 'registries-conf-helper', why, effect });
  } else if (helpers.length > 1) {
    const effect = 'podman asks them, in that order, for every registry';
    findings.push({ status: 'note', code: 'registries-conf-others', why: `${path} has ${list}`, effect });
  }
  return findings;
}

function brokenFile({ path, fault }: RegistriesConf['broken'][number]): Finding {
  const aside = `mv ${shellQuoted(path)} ${shellQuoted(`${path}.broken`)}`;
  return {
    status: 'problem',
    code: 'registries-conf-broken',
    why: fault,
    effect: 'podman, buildah and skopeo can read none of their configuration then, and fail every pull',
    fix: { do: `Correct ${path} there, or move it away: ${aside}` },
  };
}

/** Tables for a host, or for a part of it. */
function elsewhere(host: string, tables: readonly RegistryTable[]): Finding[] {
  const whole = tableFor(host, tables);
  const parts = tables.filter(({ prefix }) => prefix.startsWith(`${host}/`));
  return [...(whole === undefined ? [] : [whole]), ...parts].flatMap((table): Finding[] => {
    const { path, prefix, mirrors } = table;
    const name = table === whole ? host : prefix;
    const asked = rewritten(name, table);
    const last = tableFor(asked, tables);
    if (last?.blocked === true) {
      const fix = { do: `Take "blocked = true" out of the [[registry]] for ${last.prefix} in ${last.path}.` };
      const effect = `podman, buildah and skopeo refuse to pull from ${name}`;
      const why = `${last.path} blocks ${last.prefix}`;
      return [{ status: 'problem', code: 'registry-blocked', host, why, effect, fix }];
    }
    const instead = asked === name ? [] : [`${asked} instead of ${name}`];
    const names = mirrors.map(({ location, pulls }) =>
      pulls === 'all' ? location : `${location} (${pulls === 'tag-only' ? 'tags' : 'digests'} only)`,
    );
    const before = mirrors.length === 0 ? [] : [`${names.join(', ')} before ${name}`];
    if (instead.length + before.length === 0) return [];
    const why = `By ${path}, podman asks ${[...before, ...instead].join(', and ')}`;
    const effect =
      'It looks for a login of the registry that it asks, so that what is linked to another name does not count';
    return [{ status: 'note', code: 'registry-asked-elsewhere', host, why, effect }];
  });
}

/** Which registry podman takes for an image that was typed without one: docker takes Docker Hub. */
function shortName({ subject, resolutions }: Facts): readonly Finding[] {
  if (subject.kind !== 'image' || subject.shortName === undefined) return [];
  const inFull = imageInWords(subject.image);
  const typed = subjectInWords(subject) ?? inFull;
  return resolutions.flatMap((resolution) => meant(typed, inFull, resolution));
}

function meant(typed: string, inFull: string, { engine, places, step, fault }: Resolution): Finding[] {
  if (step === undefined) return [];
  const names = places.map(({ named }) => words(named));
  const [first = inFull] = names;
  if (names.length === 0) {
    const why = `${engine} does not know of which registry ${typed} is`;
    const effect = `${fault ?? step.found} (${step.where}). Type it in full: on Docker Hub it is this`;
    const fix = { run: `${engine} pull ${shellQuoted(first)}` };
    return [{ status: 'problem', code: 'short-name-unknown', why, effect, fix }];
  }
  const why = `${engine} takes ${typed} for ${names.join(' or ')} (${step.where})`;
  if (fault !== undefined) {
    const effect = `${fault}: ${engine} asks which of them is meant, and fails without a terminal, as in a script`;
    const fix = { do: `Type it in full: ${names.join(', or ')}.` };
    return [{ status: 'warning', code: 'short-name-ambiguous', why, effect, fix }];
  }
  if (names.length === 1 && first === inFull) return [{ status: 'ok', code: 'short-name', why }];
  return [{ status: 'note', code: 'short-name', why, effect: `docker takes it for ${inFull}` }];
}

function words(place: Place): string {
  return place.kind === 'image' ? imageInWords(place.image) : place.asked;
}
