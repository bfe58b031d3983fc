import { runAsCommand } from '../run-as-command.ts';
import { type CreatePorts, createServiceAccount } from './create-service-account.ts';
import { SERVICE_ACCOUNT } from './declaration.ts';
import { manifestYaml } from './manifest-yaml.ts';
import { parseServiceAccountArguments } from './parse-arguments.ts';
import { serviceAccountObjects } from './service-account-objects.ts';

/** What `service-account` needs of the world; `manifest` only prints. */
export type ServiceAccountPorts = CreatePorts;

/**
 * `service-account create|manifest NAMESPACE/NAME …`: makes a robot for a registry and binds the host to it, or
 * prints its objects as YAML for someone else to apply.
 * Returns the exit code: 0, 1 for an error or a missing right (said on stderr), 2 for a wrong command line.
 */
export function runServiceAccount(args: readonly string[], ports: ServiceAccountPorts): Promise<number> {
  return runAsCommand(SERVICE_ACCOUNT, parseServiceAccountArguments(args), ports, async (parsed) => {
    if (parsed.verb === 'create') return createServiceAccount(parsed, ports);
    ports.print(manifestYaml(serviceAccountObjects(parsed.options)).trimEnd());
    return 0;
  });
}
