/** The name engines know this program by: they run `docker-credential-NAME`. */
export const OUR_HELPER = 'openshift';

/** The name that podman's registries.conf has for its files, among the helpers it asks. */
export const FILES_AS_HELPER = 'containers-auth.json';
