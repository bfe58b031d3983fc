interface Item {
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly type?: string;
}

/**
 * The items that `fieldSelector` and `labelSelector` of a list let through; only equality is served. A text is what
 * the server has against them (400).
 */
export function selectObjects<T extends Item>(query: URLSearchParams, items: readonly T[]): T[] | string {
  const fields = readSelector(query.get('fieldSelector') ?? '');
  const labels = readSelector(query.get('labelSelector') ?? '');
  if (fields === undefined || labels === undefined) return 'unable to parse requirement';
  const unknown = fields.find(([key]) => !['metadata.name', 'metadata.namespace', 'type'].includes(key));
  if (unknown !== undefined) return `field label not supported: ${unknown[0]}`;
  return items.filter(
    (item) =>
      fields.every(([key, value]) => fieldOf(item, key) === value) &&
      labels.every(([key, value]) => item.metadata.labels?.[key] === value),
  );
}

function fieldOf(item: Item, key: string): string | undefined {
  if (key === 'type') return item.type;
  return key === 'metadata.name' ? item.metadata.name : item.metadata.namespace;
}

function readSelector(text: string): [string, string][] | undefined {
  const pairs: [string, string][] = [];
  for (const part of text.split(',').filter((piece) => piece !== '')) {
    const [, key, value] = /^([^=!\s]+)==?([^=!\s]*)$/.exec(part) ?? [];
    if (key === undefined || value === undefined) return undefined;
    pairs.push([key, value]);
  }
  return pairs;
}
