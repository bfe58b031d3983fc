/**
 * The one sentence that every engine reads as "go on anonymously", on stdout with exit status 1
 * (docker/docker-credential-helpers, credentials/error.go; podman and docker compare it exactly).
 */
export const NOT_FOUND = 'credentials not found in native keychain';

/** A store without a server or user name (docker/docker-credential-helpers, credentials/error.go). */
export const NO_SERVER_URL = 'no credentials server URL';
export const NO_USERNAME = 'no credentials username';
