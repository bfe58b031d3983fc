/** Random numbers in [0, 1), the same for the same seed (mulberry32). */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** What is out of reach, or broken, at a moment. */
export interface Outage {
  readonly api: boolean;
  readonly registry: boolean;
  /** oauth-apiserver is down: the API takes no OAuth token that it has not seen lately. */
  readonly validation: boolean;
}

export interface Outages {
  at(timeMs: number): Outage;
  /** Since when nothing has been wrong; undefined if something is. */
  soundSinceMs(timeMs: number): number | undefined;
  /** Since when token validation has been down; undefined if it works. */
  validationDownSinceMs(timeMs: number): number | undefined;
  /** The longest of them. */
  readonly longestMs: number;
}

/** From when to when; in ms since the epoch. */
interface Span extends Outage {
  readonly fromMs: number;
  readonly untilMs: number;
}

const KINDS: readonly Outage[] = [
  { api: true, registry: false, validation: false },
  { api: false, registry: true, validation: false },
  { api: true, registry: true, validation: false },
  { api: false, registry: false, validation: true },
];
const NOTHING: Outage = { api: false, registry: false, validation: false };
/** Of all the time, as long as they don't overlap. */
const SHARE = 0.3;

/**
 * Outages at random times, the most of them short, the longest as long as allowed; and more, as they are given.
 * Asked for times that never go back.
 */
export function randomOutages(
  random: () => number,
  count: number,
  { fromMs, untilMs }: { readonly fromMs: number; readonly untilMs: number },
  longestMs: number,
  more: readonly Span[] = [],
): Outages {
  const meanMs = Math.min((SHARE * (untilMs - fromMs)) / Math.max(1, count), longestMs / 2);
  const exponent = longestMs / meanMs - 1;
  const drawn: Span[] = Array.from({ length: count }, () => {
    const startMs = fromMs + random() * (untilMs - fromMs);
    // The first of a power law's draws that matter come rarely: one in a few hundred is nearly the longest.
    const lengthMs = Math.max(1000, longestMs * random() ** exponent);
    const kind = KINDS[Math.floor(random() * KINDS.length)] ?? NOTHING;
    return { ...kind, fromMs: startMs, untilMs: startMs + lengthMs };
  });
  const spans = [...drawn, ...more].sort((a, b) => a.fromMs - b.fromMs);

  let next = 0;
  let active: Span[] = [];
  let endedMs = fromMs;
  let validationSinceMs: number | undefined;
  const moveTo = (timeMs: number): void => {
    for (let span = spans[next]; span !== undefined && span.fromMs <= timeMs; span = spans[++next]) {
      active.push(span);
    }
    for (const { untilMs: overMs } of active) if (overMs <= timeMs) endedMs = Math.max(endedMs, overMs);
    active = active.filter((span) => span.untilMs > timeMs);
    const down = active.filter((span) => span.validation).map((span) => span.fromMs);
    validationSinceMs = down.length === 0 ? undefined : Math.min(validationSinceMs ?? timeMs, ...down);
  };
  return {
    at(timeMs) {
      moveTo(timeMs);
      return {
        api: active.some(({ api }) => api),
        registry: active.some(({ registry }) => registry),
        validation: active.some(({ validation }) => validation),
      };
    },
    soundSinceMs(timeMs) {
      moveTo(timeMs);
      return active.length === 0 ? endedMs : undefined;
    },
    validationDownSinceMs(timeMs) {
      moveTo(timeMs);
      return validationSinceMs;
    },
    longestMs: Math.max(0, ...spans.map((span) => span.untilMs - span.fromMs)),
  };
}
