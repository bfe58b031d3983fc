import type { Finding } from '../finding.ts';

/** Our config, as far as it matters here. */
interface ConfigReading {
  readonly path: string;
  readonly isThere: boolean;
  /** What is wrong with the file, with line and column, and with the variables that speak for it. */
  readonly problems: readonly string[];
  readonly hosts: number;
}

export interface OwnConfigPorts {
  /** Undefined: there is no place for it, without a HOME. @throws AppError where the file can't be read */
  readConfig(): Promise<ConfigReading | undefined>;
}

/** The program's own config file, and the variables that stand in for it. */
export async function ownConfig({ readConfig }: OwnConfigPorts): Promise<readonly Finding[]> {
  const reading = await readConfig();
  if (reading === undefined) {
    return [{ status: 'note', saw: 'There is no place for a config file: HOME is not set' }];
  }
  const { path, isThere, problems, hosts } = reading;
  if (problems.length > 0) return problems.map((problem) => faulty(problem, path));
  if (!isThere)
    return [{ status: 'ok', saw: `There is no config file (${path}); none is needed for OpenShift CI` }];
  return [{ status: 'ok', saw: `${path} is sound and binds ${hosts} ${hosts === 1 ? 'host' : 'hosts'}` }];
}

function faulty(problem: string, path: string): Finding {
  return {
    status: 'problem',
    saw: problem,
    why: 'What is written there does not count: the host that it stands for gets no token',
    mend: problem.startsWith(path) ? `Mend that line of ${path}.` : 'Mend or unset that variable.',
  };
}
