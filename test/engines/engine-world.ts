import { type Sandbox, startSandbox } from '../sandbox/sandbox.ts';
import type { HelperProgram } from '../support/helper-program.ts';
import { type Dockerd, startDockerd } from './dockerd.ts';
import { createEngineHome, type EngineHome, type HomeOwner, type Place } from './engine-home.ts';
import { LOOK_ALIKE, NAMED_API } from './host-names.ts';

/** What one suite of engine tests shares: a cluster, a registry of strangers, docker's daemon if it needs one. */
export interface EngineWorld {
  readonly sandbox: Sandbox;
  /** A registry of another cluster, which no kubeconfig of the tests knows. */
  readonly stranger: Sandbox;
  /** A home whose kubeconfig holds the token of alice, if one is given; `authority`: trusted as the system's are. */
  newHome(request: {
    token?: string;
    authority?: string;
    program: HelperProgram | null;
  }): Promise<EngineHome>;
  stop(): Promise<void>;
}

export async function startEngineWorld(
  engine: { readonly name: string },
  owner?: HomeOwner,
  place: Place = {},
): Promise<EngineWorld> {
  const sandbox = await startSandbox({ registryHostNames: [NAMED_API] });
  const stranger = await startSandbox({ registryHostNames: [LOOK_ALIKE] });
  const homes: EngineHome[] = [];
  let dockerd: Dockerd | undefined;
  const stop = async () => {
    for (const home of homes) await home.remove();
    await Promise.all([dockerd?.stop(), sandbox.stop(), stranger.stop()]);
  };
  try {
    if (engine.name === 'docker') dockerd = await startDockerd(Number(new URL(stranger.registryUrl).port));
  } catch (error) {
    // Leave nothing behind, then fail as it did.
    await stop();
    throw error;
  }
  return {
    sandbox,
    stranger,
    async newHome({ token, authority, program }) {
      const env = dockerd === undefined ? {} : { DOCKER_HOST: dockerd.address };
      const home = await createEngineHome({
        program,
        env,
        place,
        ...(authority === undefined ? {} : { authority }),
        ...(owner === undefined ? {} : { owner }),
      });
      homes.push(home);
      const lookAlike = `${LOOK_ALIKE}:${new URL(stranger.registryUrl).port}`;
      await home.trust(sandbox.registryHost, sandbox.ingressCaPem);
      await home.trust(stranger.registryHost, stranger.ingressCaPem);
      await home.trust(lookAlike, stranger.ingressCaPem);
      if (token !== undefined) await home.writeKubeconfig(sandbox.kubeconfig({ token }), sandbox.caPem);
      return home;
    },
    stop,
  };
}

/** An engine's config file that asks the helper for these hosts. */
export function credHelpers(...hosts: readonly string[]): string {
  return JSON.stringify({ credHelpers: Object.fromEntries(hosts.map((host) => [host, 'openshift'])) });
}

/** An engine's config file as a login leaves it. */
export function auths(host: string, token: string): string {
  return JSON.stringify({ auths: { [host]: { auth: Buffer.from(`alice:${token}`).toString('base64') } } });
}

/** A token of alice's whose day was over an hour ago. */
export function staleToken(sandbox: Sandbox): string {
  return sandbox.issueOAuthToken({ user: 'alice', createdSecondsAgo: 25 * 3600 });
}

/** Every bearer token or password that a registry was sent, in clear. */
export function secretsSentTo(sandbox: Sandbox): string[] {
  return sandbox.requests.flatMap(({ headers: { authorization } }) => {
    if (authorization === undefined) return [];
    const [, scheme, value = ''] = /^(\S+) (.*)$/.exec(authorization) ?? [];
    return [scheme?.toLowerCase() === 'basic' ? Buffer.from(value, 'base64').toString() : value];
  });
}
