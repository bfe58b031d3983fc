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
  const member = field(value, name);
  return typeof member === 'object' && member !== null ? member : undefined;
}

/** @returns the named field, if it is text */
export function textIn(value: object | undefined, name: string): string | undefined {
  const member = field(value, name);
  return typeof member === 'string' ? member : undefined;
}

/** @returns the named field, if it is a number */
export function numberIn(value: object | undefined, name: string): number | undefined {
  const member = field(value, name);
  return typeof member === 'number' && Number.isFinite(member) ? member : undefined;
}

/** @returns the named field's items, if it is a list */
export function listIn(value: object | undefined, name: string): readonly unknown[] {
  const member = field(value, name);
  return Array.isArray(member) ? member : [];
}

function field(value: object | undefined, name: string): unknown {
  return value === undefined ? undefined : (value as Record<string, unknown>)[name];
}
