/**
 * @param server a normalised API server URL
 * @returns the command that signs in to a cluster, ready to be pasted
 */
export function loginCommand(server: string): string {
  return `oc login ${server}`.trimEnd();
}
