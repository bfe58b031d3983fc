import { hostname } from 'node:os';

/** This machine's name, as far as it can stand in the name of a Kubernetes object. */
export function machineName(): string {
  const safe = hostname()
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]+/g, '-')
    .slice(0, 60)
    .replaceAll(/^-+|(?<!-)-+$/g, '');
  return safe === '' ? 'machine' : safe;
}
