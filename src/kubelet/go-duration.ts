const UNITS: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  μs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3600e9,
};
/** In nanoseconds: 2^63. */
const LONGEST = 2 ** 63;

/**
 * Go's time.ParseDuration: numbers with units, the largest of which is the hour, such as `1h30m`; without one only `0`.
 * @returns nanoseconds, as exact as a number is; undefined: it is no duration
 */
export function parseGoDuration(text: string): number | undefined {
  const sign = text.startsWith('-') ? -1 : 1;
  let rest = text.replace(/^[-+]/, '');
  if (rest === '0') return 0;
  if (rest === '') return undefined;
  let total = 0;
  while (rest !== '') {
    const part = /^(\d*)(?:\.(\d*))?([^\d.]+)/.exec(rest);
    if (part === null) return undefined;
    const [whole, digits = '', fraction = '', unit = ''] = part;
    const size = Object.hasOwn(UNITS, unit) ? UNITS[unit] : undefined;
    if (size === undefined || digits + fraction === '') return undefined;
    total += Number(`${digits || '0'}.${fraction || '0'}`) * size;
    rest = rest.slice(whole.length);
  }
  return total < LONGEST ? sign * total : undefined;
}
