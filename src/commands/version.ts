import manifest from '../../package.json' with { type: 'json' };

/** What `version` prints. */
export const VERSION = `docker-credential-openshift v${manifest.version}`;
