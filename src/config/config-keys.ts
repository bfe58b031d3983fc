/** What a key of our config may hold: its JSON schema, and the same in words for an error. */
export interface ValueKind<T> {
  readonly schema: { readonly type: string; readonly pattern?: string };
  readonly expected: string;
  /** The value, if it is of this kind. Never throws. */
  readonly read: (value: unknown) => T | undefined;
}

const textPattern = '^\\P{Cc}+$';
const serverPattern = '^https://[^\\s?#@]+$';

const oneLine: ValueKind<string> = {
  schema: { type: 'string', pattern: textPattern },
  expected: 'text on one line (a number goes in quotes)',
  read: (value) =>
    typeof value === 'string' && new RegExp(textPattern, 'u').test(value) ? value : undefined,
};

const httpsUrl: ValueKind<string> = {
  schema: { type: 'string', pattern: serverPattern },
  expected: 'an https:// URL with no user name, query or fragment',
  read: (value) =>
    typeof value === 'string' && new RegExp(serverPattern, 'u').test(value) && URL.canParse(value)
      ? value
      : undefined,
};

const yesOrNo: ValueKind<boolean> = {
  schema: { type: 'boolean' },
  expected: 'true or false',
  read: (value) => (typeof value === 'boolean' ? value : undefined),
};

/**
 * The keys of one registry's entry. A new key is one line here and its description in
 * packaging/config.schema.json; a test holds the two together.
 */
export const registryKeys = {
  server: httpsUrl,
  user: oneLine,
  context: oneLine,
  anonymous: yesOrNo,
} as const;

/** The keys of the file itself. */
export const topLevelKeys = ['registries'] as const;
