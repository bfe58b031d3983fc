import { lifeInWords } from '../life-in-words.ts';

/** What became of a login, as its page tells it. */
export type ResultPage =
  | {
      readonly kind: 'success';
      /** The cluster's name or host. */
      readonly cluster: string;
      readonly user: string;
      /** Ms since the epoch; null: it never ends; undefined: nobody tells. */
      readonly expiresAtMs: number | null | undefined;
      readonly nowMs: number;
    }
  | { readonly kind: 'cancelled' | 'expired'; readonly cluster: string }
  /** `reason`: a sentence without a secret. */
  | { readonly kind: 'error'; readonly cluster: string; readonly reason: string }
  /** A request that no login led to. */
  | { readonly kind: 'refused' };

/** A page's words. */
export interface PageWords {
  readonly tone: 'good' | 'stopped' | 'bad';
  readonly title: string;
  readonly text: string;
  readonly facts: readonly (readonly [name: string, value: string])[];
  readonly footer: string;
}

/** With its zone: the browser may stand in another one than this machine. */
const END: Intl.DateTimeFormatOptions = {
  day: 'numeric',
  month: 'long',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  timeZoneName: 'short',
};

const BACK = 'The terminal says more. You can close this tab.';

/** @returns what a page says: what happened, to whom, and what to do next */
export function wordsOf(page: ResultPage): PageWords {
  switch (page.kind) {
    case 'success': {
      const { cluster, user, expiresAtMs, nowMs } = page;
      return {
        tone: 'good',
        title: 'You are logged in',
        text: 'Your terminal has the login, and tells which registries go on with it. You can close this tab.',
        facts: [
          ['Cluster', cluster],
          ['User', user],
          ['Lasts', lasting(expiresAtMs, nowMs)],
        ],
        footer: 'docker-credential-openshift shares this login with oc and kubectl.',
      };
    }
    case 'cancelled':
      return {
        tone: 'stopped',
        title: 'Login cancelled',
        text: 'The cluster was told not to let this login in. Nothing was changed.',
        facts: [['Cluster', page.cluster]],
        footer: `To log in after all, run the command again. ${BACK}`,
      };
    case 'expired':
      return {
        tone: 'stopped',
        title: 'This login is over',
        text: 'It was answered before, or took too long. An answer counts once.',
        facts: [['Cluster', page.cluster]],
        footer:
          'If the terminal says that you are not logged in, run the command again. You can close this tab.',
      };
    case 'error':
      return {
        tone: 'bad',
        title: 'You are not logged in',
        text: page.reason,
        facts: [['Cluster', page.cluster]],
        footer: BACK,
      };
    case 'refused':
      return {
        tone: 'bad',
        title: 'This is no answer to a login',
        text: 'A login in your terminal waits at this address for the cluster to send you back, and goes on waiting.',
        facts: [],
        footer: "If you came here from another page than the cluster's own, close this tab.",
      };
  }
}

function lasting(expiresAtMs: number | null | undefined, nowMs: number): string {
  if (expiresAtMs === null) return 'without an end';
  if (expiresAtMs === undefined) return 'until the cluster ends it';
  const at = new Date(expiresAtMs).toLocaleString('en-GB', END);
  return `${lifeInWords(expiresAtMs, nowMs)}, until ${at}`;
}
