import { AppError, describeError } from '../../credential/app-error.ts';
import { type CreatePorts, createServiceAccount } from './create-service-account.ts';
import { manifestYaml } from './manifest-yaml.ts';
import { parseServiceAccountArguments } from './parse-arguments.ts';
import { serviceAccountObjects } from './service-account-objects.ts';

/** What `service-account` needs of the world; `manifest` only prints. */
export type ServiceAccountPorts = CreatePorts;

const USAGE = `Usage: docker-credential-openshift service-account create NAMESPACE/NAME --host HOST
           [--role registry-viewer|registry-editor|system:image-puller] [--image-namespace NAMESPACE]...
           [--self-renew [--machine NAME]...] [--context NAME]
       docker-credential-openshift service-account manifest NAMESPACE/NAME [the same options]
           [--group NAME [--members USER,USER...]]`;

/**
 * `service-account create|manifest NAMESPACE/NAME …`: makes a robot for a registry and binds the host to it, or
 * prints its objects as YAML for someone else to apply.
 * Returns the exit code: 0, 1 for an error or a missing right (said on stderr), 2 for a wrong command line.
 */
export async function runServiceAccount(args: string[], ports: ServiceAccountPorts): Promise<number> {
  if (args.includes('--help') || args.includes('-h')) {
    ports.print(USAGE);
    return 0;
  }
  const parsed = parseServiceAccountArguments(args);
  if (typeof parsed === 'string') {
    ports.printError(parsed);
    ports.printError(USAGE);
    return 2;
  }
  if (parsed.verb === 'manifest') {
    ports.print(manifestYaml(serviceAccountObjects(parsed.options)).trimEnd());
    return 0;
  }
  try {
    return await createServiceAccount(parsed, ports);
  } catch (error) {
    // Everything a person can mend is an AppError; the rest is a defect and goes up.
    if (!(error instanceof AppError)) throw error;
    ports.printError(describeError(error));
    return 1;
  }
}
