import type { ExecPlugin, Identity } from './identity.ts';
import { jwtEndMs } from './jwt.ts';
import type { KeptToken } from './keep-token.ts';
import { loginCommand } from './login-command.ts';
import { nameInSentence } from './quoting.ts';
import { AppError } from './reason.ts';

/** What a plugin is given at least before it counts as one that hangs. */
const PLUGIN_MS = 2500;
/** What is left of the time for what follows: its token is checked, or what it failed of is kept, and it is ended. */
const AFTERWARDS_MS = 500;
/** A token whose end nobody tells is asked for again after half of this. */
const LIFE_WITHOUT_END_MS = 10 * 60_000;

/** The code of `certificateOpensNothing`. */
export const CERTIFICATE_ONLY = 'client-certificate';

/** Why an identity with nothing but a client certificate gives no token. @param host empty: none in particular */
export function certificateOpensNothing({ context, source }: Identity, host: string): AppError {
  const who = context === undefined ? 'Your login' : `The context ${nameInSentence(context)}`;
  const whose = source.kind === 'exec' ? ` from its plugin ${source.plugin.command}` : '';
  const command = `docker-credential-openshift service-account create NAMESPACE/NAME --host ${host || 'HOST'}`;
  return new AppError({
    code: CERTIFICATE_ONLY,
    message: `${who} has a client certificate${whose}, which opens no registry; a service account can`,
    fix: { do: `Name one by ${command}, for which the certificate is enough.` },
  });
}

/** The token that an exec plugin gives. @throws AppError: why it gives none, and what fixes that */
export async function runPlugin(
  identity: Identity,
  plugin: ExecPlugin,
  timeoutMs: number,
  host: string,
  ports: {
    nowMs(): number;
    /** A person asked for it: what failed a while ago is worth another try. */
    readonly byHand: boolean;
    /** What the plugin failed of, if that was a while ago. */
    recentFailure(plugin: ExecPlugin): string | undefined;
    /** Remembers a failure across processes. */
    noteFailure(plugin: ExecPlugin, message: string): Promise<void>;
    /**
     * @returns without a token: it gave a client certificate, by which its cluster is asked from now on
     * @throws AppError naming the plugin
     */
    run(
      plugin: ExecPlugin,
      identity: Identity,
      timeoutMs: number,
    ): Promise<{ readonly token?: string; readonly expiresAtMs: number | undefined }>;
  },
): Promise<KeptToken> {
  // There a person is, and the plugin may open a browser.
  const login = { run: loginCommand(identity.server, identity.context) };
  if (plugin.needsPerson) {
    throw new AppError({
      code: 'plugin-needs-person',
      message: `The exec plugin ${plugin.command} needs a person at a terminal (interactiveMode: Always)`,
      fix: login,
    });
  }
  const failed = ports.byHand ? undefined : ports.recentFailure(plugin);
  if (failed !== undefined) throw new AppError({ code: 'plugin-failed-before', message: failed, fix: login });
  // Of a short time, a short part.
  const givenMs = timeoutMs - Math.min(AFTERWARDS_MS, timeoutMs / 8);
  try {
    const { token, expiresAtMs } = await ports.run(plugin, identity, givenMs);
    if (token === undefined) throw certificateOpensNothing(identity, host);
    const startedAtMs = ports.nowMs();
    const endMs = expiresAtMs ?? jwtEndMs(token);
    return endMs === undefined
      ? { token, startedAtMs, expiresAtMs: startedAtMs + LIFE_WITHOUT_END_MS, isEndAssumed: true }
      : { token, startedAtMs, expiresAtMs: endMs };
  } catch (error) {
    if (!(error instanceof AppError) || error.code === CERTIFICATE_ONLY) throw error;
    // Remembered, so that not every pull waits for it; but not if it was only given less than its time.
    const isCutShort = error.code === 'exec-plugin-late' && givenMs < PLUGIN_MS;
    // One that is not there costs no pull a wait, and may be installed in a moment.
    if (!isCutShort && error.code !== 'exec-plugin-missing') await ports.noteFailure(plugin, error.message);
    throw new AppError({ code: error.code, message: error.message, fix: error.fix ?? login, cause: error });
  }
}
