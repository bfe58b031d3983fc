import data from './ci-registries.json' with { type: 'json' };

/** An OpenShift CI registry that the program knows without being told. */
export interface CatalogueEntry {
  readonly host: string;
  /** The cluster's name in OpenShift CI, for messages. */
  readonly cluster: string;
  /** The API server's URL; null where it was never published. */
  readonly server: string | null;
  /** True for a registry that is gone. */
  readonly decommissioned?: boolean;
  readonly note?: string;
}

/** OpenShift CI's registries and the API server that each belongs to, as CI's documentation lists them. */
export const catalogue: readonly CatalogueEntry[] = data.registries;

/**
 * @param host a normalised registry host
 * @returns the entry for exactly this host, or undefined
 */
export function findInCatalogue(host: string): CatalogueEntry | undefined {
  return catalogue.find((entry) => entry.host === host);
}

/**
 * @param server a normalised API server URL
 * @returns the name that people use for the cluster: OpenShift CI's own, else the API server's host
 */
export function clusterDisplayName(server: string): string {
  const known = catalogue.find((entry) => entry.server === server);
  return known?.cluster ?? server.replace(/^https?:\/\//, '');
}
