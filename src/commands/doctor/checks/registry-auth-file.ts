import type { EngineState } from '../../../engines/engine-state.ts';
import { type Engine, familyOf, rulesOf } from '../../../engines/engines.ts';
import { shellQuoted } from '../../../hosts/quoting.ts';
import type { CheckContext } from '../check.ts';
import type { Finding } from '../finding.ts';

export interface RegistryAuthFilePorts {
  engineState(): Promise<EngineState>;
}

/** A variable that names the file which podman, buildah or skopeo read instead of others. */
export async function registryAuthFile(
  { engineState }: RegistryAuthFilePorts,
  { engines }: Pick<CheckContext, 'engines'>,
): Promise<readonly Finding[]> {
  const { files, versions } = await engineState();
  return engines.flatMap((engine): Finding[] => {
    const chosen = files.find(({ chosenBy, readBy }) => chosenBy !== undefined && readBy.includes(engine));
    if (chosen?.chosenBy === undefined) return [];
    const installed = familyOf(engine).filter((name) => versions[name] !== undefined);
    const readers = (installed.length === 0 ? [engine] : installed).filter((name) =>
      ruleOf(name)?.places.includes(templateOf(chosen.chosenBy)),
    );
    if (readers.length === 0) return [];
    const saw = `${chosen.chosenBy} names ${chosen.path}`;
    const failing = readers.filter((name) => ruleOf(name)?.mustBeThere === true);
    const alone = readers.filter((name) => ruleOf(name)?.insteadOf === 'all');
    if (chosen.state !== 'absent') {
      const others = alone.length === 0 ? 'before their other files' : `and no other file (${list(alone)})`;
      return [{ status: 'note', saw, why: `${list(readers)} read it ${others}` }];
    }
    const missing = `${saw}, and there is no such file`;
    const mend =
      chosen.chosenBy === 'DOCKER_CONFIG'
        ? `mkdir -p "$DOCKER_CONFIG" && echo '{"auths": {}}' > ${shellQuoted(chosen.path)}`
        : `unset ${chosen.chosenBy}`;
    if (failing.length > 0)
      return [
        {
          status: 'problem',
          saw: missing,
          why: `${list(failing)} fail at once, whatever is to be pulled`,
          mend,
        },
      ];
    return [
      { status: 'warning', saw: missing, why: `${list(alone)} find no login, and ask no helper`, mend },
    ];
  });

  function ruleOf(engine: Engine) {
    return rulesOf(engine, versions[engine]).authFiles.find(({ kind }) => kind === 'chosen');
  }
}

/** The place that a variable names: DOCKER_CONFIG is a directory. */
function templateOf(variable: string | undefined): string {
  return variable === 'DOCKER_CONFIG' ? '$DOCKER_CONFIG/config.json' : `$${variable}`;
}

function list(engines: readonly Engine[]): string {
  return engines.join(' and ');
}
