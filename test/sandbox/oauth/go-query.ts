/** Escapes as Go's `url.QueryEscape`: only letters, digits and `-_.~` stay, a space becomes `+`. */
export function queryEscape(text: string): string {
  return encodeURIComponent(text)
    .replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)
    .replace(/%20/g, '+');
}

/** A query as Go's `url.Values.Encode` writes it, sorted by name; undefined values are left out. */
export function encodeQuery(values: Readonly<Record<string, string | undefined>>): string {
  return Object.entries(values)
    .flatMap(([name, value]) => (value === undefined ? [] : [`${queryEscape(name)}=${queryEscape(value)}`]))
    .sort()
    .join('&');
}

/** A URL, or the rest of one, with one value of its query set; the query is written anew and sorted. */
export function withQueryValue(url: string, name: string, value: string): string {
  const mark = url.indexOf('?');
  const path = mark < 0 ? url : url.slice(0, mark);
  const query = new URLSearchParams(mark < 0 ? '' : url.slice(mark + 1));
  query.set(name, value);
  return `${path}?${encodeQuery(Object.fromEntries(query))}`;
}
