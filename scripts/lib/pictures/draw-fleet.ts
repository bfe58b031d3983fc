import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const WIDTH = 900;
const ROW = 92;
const TOP = 40;
const BOX = 64;
const picture = fileURLToPath(new URL('../../../docs/pictures/fleet.svg', import.meta.url));

/** Who pulls, by what the login comes to them, and whose it is. */
const ROWS = [
  {
    who: ['kubelet, for pods', 'nodes that you configure'],
    by: ['node provider', 'asked for each image'],
    whose: ["the pod's own token,", 'or what the config gives'],
  },
  {
    who: ['kubelet, for pods', "nodes that aren't yours: OpenShift"],
    by: ['pull secret', 'a CronJob keeps it fresh'],
    whose: ['a service account', 'of the namespace'],
  },
  {
    who: ['podman, docker, buildah', 'in a CI runner'],
    by: ['helper and environment', 'asked for each pull'],
    whose: ["the job's account,", 'or a robot'],
  },
  {
    who: ['a mirror, a tool', 'that reads files only'],
    by: ['authfile', 'written anew by a timer'],
    whose: ['a robot', 'that may only pull'],
  },
] as const;

const COLUMNS = [
  { title: 'who pulls', x: 14, width: 250 },
  { title: 'what gives the login', x: 324, width: 220 },
  { title: 'whose it is', x: 604, width: 200 },
] as const;

function box(row: number, column: number, [first, second]: readonly [string, string], kind: string): string {
  const { x, width } = COLUMNS[column] ?? COLUMNS[0];
  const y = TOP + row * ROW;
  const middle = x + width / 2;
  return `<rect class="${kind}" x="${x}" y="${y}" width="${width}" height="${BOX}" rx="8"/>
<text class="first" x="${middle}" y="${y + 28}" text-anchor="middle">${first}</text>
<text x="${middle}" y="${y + 48}" text-anchor="middle">${second}</text>`;
}

function arrow(row: number, from: number): string {
  const [left, right] = [COLUMNS[from] ?? COLUMNS[0], COLUMNS[from + 1] ?? COLUMNS[0]];
  const y = TOP + row * ROW + BOX / 2;
  return `<line x1="${right.x - 6}" x2="${left.x + left.width + 4}" y1="${y}" y2="${y}" marker-end="url(#tip)"/>`;
}

const rows = ROWS.flatMap(({ who, by, whose }, row) => [
  box(row, 0, who, 'who'),
  box(row, 1, by, 'by'),
  box(row, 2, whose, 'whose'),
  arrow(row, 0),
  arrow(row, 1),
]);
const titles = COLUMNS.map(
  ({ title, x, width }) =>
    `<text class="title" x="${x + width / 2}" y="22" text-anchor="middle">${title}</text>`,
);
const last = COLUMNS[2];
const [top, bottom] = [TOP, TOP + (ROWS.length - 1) * ROW + BOX];
const side = last.x + last.width + 14;
const height = bottom + 14;

writeFileSync(
  picture,
  `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="Who pulls, what gives the login, and whose it is">
<style>
text{font:13px system-ui,sans-serif;fill:#24292f}.first{font-weight:600}.title{fill:#57606a}
rect{stroke-width:1.5;fill:#f6f8fa;stroke:#8c959f}.by{fill:#ddf4ff;stroke:#0969da}.cluster{fill:none;stroke:#cf222e}
line{stroke:#57606a;stroke-width:1.5}path{fill:#57606a}
@media (prefers-color-scheme:dark){text{fill:#e6edf3}.title{fill:#9198a1}rect{fill:#161b22;stroke:#6e7681}.by{fill:#121d2f;stroke:#58a6ff}.cluster{fill:none;stroke:#ff7b72}line{stroke:#9198a1}path{fill:#9198a1}}
</style>
<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto"><path d="M0 0L8 4L0 8z"/></marker></defs>
${titles.join('\n')}
${rows.join('\n')}
<rect class="cluster" x="${side}" y="${top}" width="${WIDTH - side - 14}" height="${bottom - top}" rx="8"/>
<text class="first" x="${(side + WIDTH - 14) / 2}" y="${(top + bottom) / 2}" text-anchor="middle" transform="rotate(-90 ${(side + WIDTH - 14) / 2} ${(top + bottom) / 2})">the cluster mints it, for hours</text>
</svg>
`,
);
