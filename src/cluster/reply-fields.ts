/** @returns the JSON object of a reply's body; undefined for anything else, such as a portal's HTML */
export function parseObject(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    // Not JSON: there is nothing to read in it.
    return undefined;
  }
}

/** @returns the named field, if it is an object */
export function objectIn(value: object | undefined, name: string): object | undefined {
  const found = field(value, name);
  return typeof found === 'object' && found !== null ? found : undefined;
}

/** @returns the named field, if it is text */
export function textIn(value: object | undefined, name: string): string | undefined {
  const found = field(value, name);
  return typeof found === 'string' ? found : undefined;
}

/** @returns the named field, if it is a number */
export function numberIn(value: object | undefined, name: string): number | undefined {
  const found = field(value, name);
  return typeof found === 'number' && Number.isFinite(found) ? found : undefined;
}

/** @returns the named field's items, if it is a list */
export function listIn(value: object | undefined, name: string): readonly unknown[] {
  const found = field(value, name);
  return Array.isArray(found) ? found : [];
}

function field(value: object | undefined, name: string): unknown {
  return value === undefined ? undefined : (value as Record<string, unknown>)[name];
}
