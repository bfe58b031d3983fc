/** For an environment: what asks a registry finds nobody beyond this machine, and at once. */
export const OFF_NETWORK = { HTTPS_PROXY: 'http://127.0.0.1:1' } as const;
