const WIDTH = 840;
const HEIGHT = 330;
const LEFT = 58;
const RIGHT = 14;
const TOP = 34;
const BOTTOM = 44;
const STEP = 100;
const MINUTES_A_TICK = 20;

/** What is drawn, minute by minute. */
export interface OutagePlot {
  readonly ours: readonly number[];
  readonly atHalf: readonly number[];
  /** From which minute to which. */
  readonly outage: readonly [number, number];
  readonly mean: number;
}

/** Mints a minute before, during and after an outage, as a picture for light pages and dark ones. */
export function outageSvg({ ours, atHalf, outage: [from, until], mean }: OutagePlot): string {
  const most = Math.ceil(Math.max(...ours, ...atHalf) / STEP) * STEP;
  const minutes = Math.max(ours.length, atHalf.length);
  const x = (minute: number) => fixed(LEFT + (minute / minutes) * (WIDTH - LEFT - RIGHT));
  const y = (rate: number) => fixed(HEIGHT - BOTTOM - (rate / most) * (HEIGHT - TOP - BOTTOM));
  // Each minute is a step: it is a count, and no curve.
  const line = (values: readonly number[]) =>
    values.map((value, minute) => `${x(minute)},${y(value)} ${x(minute + 1)},${y(value)}`).join(' ');
  const level = (rate: number, label: string) =>
    `<line class="level" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y(rate)}" y2="${y(rate)}"/>` +
    `<text x="${WIDTH - RIGHT - 4}" y="${Number(y(rate)) - 5}" text-anchor="end">${label}</text>`;
  const rates = Array.from({ length: most / STEP + 1 }, (_, index) => index * STEP);
  const ticks = Array.from(
    { length: Math.floor(minutes / MINUTES_A_TICK) + 1 },
    (_, i) => i * MINUTES_A_TICK,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="Tokens minted a minute by 5,000 machines, before, during and after an outage of 20 minutes">
<style>
text{font:13px system-ui,sans-serif;fill:#24292f}
.away{fill:#d0d7de}.level,.axis{stroke:#8c959f;stroke-width:1}.level{stroke-dasharray:4 4}
polyline{fill:none;stroke-width:2}.ours{stroke:#0969da}.half{stroke:#cf222e;stroke-width:1.3}
.oursText{fill:#0969da}.halfText{fill:#cf222e}
@media (prefers-color-scheme:dark){text{fill:#e6edf3}.away{fill:#30363d}.ours{stroke:#58a6ff}.half{stroke:#ff7b72}.oursText{fill:#58a6ff}.halfText{fill:#ff7b72}}
</style>
<rect class="away" x="${x(from)}" y="${TOP}" width="${fixed(Number(x(until)) - Number(x(from)))}" height="${HEIGHT - TOP - BOTTOM}"/>
<text x="${x((from + until) / 2)}" y="${TOP + 18}" text-anchor="middle">the cluster is away</text>
${rates.map((rate) => `<text x="${LEFT - 8}" y="${Number(y(rate)) + 4}" text-anchor="end">${rate}</text>`).join('')}
${ticks.map((tick) => `<text x="${x(tick)}" y="${HEIGHT - BOTTOM + 18}" text-anchor="middle">${tick}</text>`).join('')}
<text x="${(LEFT + WIDTH - RIGHT) / 2}" y="${HEIGHT - 8}" text-anchor="middle">minutes</text>
<text x="${LEFT - 44}" y="18">tokens minted a minute, by 5,000 machines whose tokens live for an hour</text>
<line class="axis" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y(0)}" y2="${y(0)}"/>
${level(mean, 'the mean')}
${level(2 * mean, 'twice the mean')}
<polyline class="half" points="${line(atHalf)}"/>
<polyline class="ours" points="${line(ours)}"/>
<text class="halfText" x="${x(until + 6)}" y="${TOP + 34}">each at half of its token's life</text>
<text class="oursText" x="${x(until + 6)}" y="${TOP + 54}">as this helper spreads them</text>
</svg>
`;
}

function fixed(value: number): string {
  return value.toFixed(1);
}
