/** A cluster's API server by a name; its registry would be under `apps.` of the same domain. */
export const NAMED_API = 'api.cluster.test';
/** Looks like the registry of that cluster, and is not. */
export const LOOK_ALIKE = 'default-route-openshift-image-registry.apps.cluster.test';
/** OpenShift CI's proxy and the API server it belongs to, as the catalogue has them. */
export const QCI = { host: 'quay-proxy.ci.openshift.org', api: 'api.ci.l2s4.p1.openshiftapps.com' } as const;
/** Where the tests serve the two: their ports are fixed, so every run has an address of its own. */
export const QCI_ADDRESS = `127.77.${(process.pid >> 8) & 255}.${process.pid & 255}`;

/** The names that engines and helper resolve in the tests; all lead to this machine. */
export const HOSTS_FILE_TEXT = `127.0.0.1 localhost
127.0.0.1 ${NAMED_API} ${LOOK_ALIKE}
${QCI_ADDRESS} ${QCI.host} ${QCI.api}
`;
