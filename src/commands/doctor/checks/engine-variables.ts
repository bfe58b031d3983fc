import { familyOf, rulesOf } from '../../../engines/engines.ts';
import type { AuthFileRule } from '../../../engines/rules.ts';
import { shellQuoted } from '../../../hosts/quoting.ts';
import type { Check, Finding } from '../check.ts';
import type { Facts } from '../facts.ts';
import { loginInWords } from './engine-logins.ts';

/** Variables that lead engines elsewhere than to their files. */
export const ENGINE_VARIABLE_CHECKS: readonly Check[] = [
  {
    id: 'docker-auth-config',
    title: '`DOCKER_AUTH_CONFIG`, which docker 28.3 and later take first',
    needs: 'machine',
    run: dockerAuthConfig,
  },
  {
    id: 'registry-auth-file',
    title: '`REGISTRY_AUTH_FILE` and `DOCKER_CONFIG`, which may name a file that is not there',
    needs: 'machine',
    run: registryAuthFile,
  },
];

const VARIABLE = 'DOCKER_AUTH_CONFIG';
const TAKES_FIRST = 'docker 28.3 and later use these logins before all files and helpers';

async function dockerAuthConfig(facts: Facts): Promise<readonly Finding[]> {
  const logins = (await facts.engineState()).dockerAuthConfig;
  const engine = facts.engines.find((name) => rulesOf(name).loginVariable === VARIABLE);
  if (logins === undefined || engine === undefined) return [];
  const isSet = { status: 'note', code: 'docker-auth-config', why: `${VARIABLE} is set` } as const;
  const { version } = await facts.engineVersion(engine);
  if (rulesOf(engine, version).loginVariable === undefined) {
    const effect = `The docker that is installed does not read it; ${TAKES_FIRST}`;
    return [{ ...isSet, effect }];
  }
  const fix = { run: `unset ${VARIABLE}` };
  if (logins === 'broken') {
    const why = `${VARIABLE} is not what docker can read`;
    const effect = 'docker ignores it';
    return [{ status: 'warning', code: 'docker-auth-config-broken', why, effect, fix }];
  }
  const counting = logins.filter(
    ({ host, secret }) =>
      secret !== undefined && (secret.dead || (host !== undefined && facts.ours.includes(host))),
  );
  if (counting.length === 0) return [{ ...isSet, effect: TAKES_FIRST }];
  return counting.map((login) => ({
    status: 'problem',
    code: 'docker-auth-config-login',
    host: login.host,
    why: loginInWords(VARIABLE, login, facts.nowMs()),
    effect: TAKES_FIRST,
    fix,
  }));
}

/** A variable that names the file which an engine reads instead of others. */
async function registryAuthFile({ engines, engineState }: Facts): Promise<readonly Finding[]> {
  const { files, versions } = await engineState();
  return engines.flatMap((engine): Finding[] => {
    const chosen = files.find(({ chosenBy, readBy }) => chosenBy !== undefined && readBy.includes(engine));
    const variable = chosen?.chosenBy;
    if (chosen === undefined || variable === undefined) return [];
    const installed = familyOf(engine).filter((name) => versions[name] !== undefined);
    const rules = (installed.length === 0 ? [engine] : installed).flatMap((name) => {
      const rule = rulesOf(name, versions[name]).authFiles.find(({ kind }) => kind === 'chosen');
      return rule?.places.includes(templateOf(variable)) ? [{ name, rule }] : [];
    });
    if (rules.length === 0) return [];
    const those = (is: (rule: AuthFileRule) => boolean) =>
      rules.flatMap(({ name, rule }) => (is(rule) ? [name] : [])).join(' and ');
    const [readers, alone] = [those(() => true), those(({ insteadOf }) => insteadOf === 'all')];
    const named = `${variable} names ${chosen.path}`;
    if (chosen.state !== 'absent') {
      const others = alone === '' ? 'before their other files' : `and no other file (${alone})`;
      const effect = `${readers} read it ${others}`;
      return [{ status: 'note', code: 'auth-file-named', why: named, effect }];
    }
    const failing = those(({ mustBeThere }) => mustBeThere === true);
    const missing = { code: 'named-auth-file-missing', why: `${named}, and there is no such file` };
    const fix =
      variable === 'DOCKER_CONFIG'
        ? { run: `mkdir -p "$DOCKER_CONFIG" && echo '{"auths": {}}' > ${shellQuoted(chosen.path)}` }
        : { run: `unset ${variable}` };
    const effect =
      failing === ''
        ? `${alone} find no login, and ask no helper`
        : `${failing} fail at once, whatever is to be pulled`;
    return [{ status: failing === '' ? 'warning' : 'problem', ...missing, effect, fix }];
  });
}

/** The place that a variable names: DOCKER_CONFIG is a directory. */
function templateOf(variable: string): string {
  return variable === 'DOCKER_CONFIG' ? '$DOCKER_CONFIG/config.json' : `$${variable}`;
}
