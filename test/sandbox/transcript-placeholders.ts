import type { ClientResponse } from './https-client.ts';
import type { Transcript } from './transcript.ts';

/** Values of placeholders, without the braces: `USER_TOKEN_VALID` → a token of the sandbox. */
export type Placeholders = Readonly<Record<string, string>>;

const PLACEHOLDER = /\{\{(\w+)\}\}/g;

/** The values that an answer gives to placeholders of its transcript that have none yet. */
export function learnPlaceholders(
  { response }: Transcript,
  answer: ClientResponse,
  known: Placeholders,
  asRecorded: (text: string) => string,
): Placeholders {
  const learnt: Record<string, string> = {};
  const compare = (recorded: string, actual: string) =>
    Object.assign(learnt, learnFrom(recorded, asRecorded(actual), { ...known, ...learnt }));
  for (const [name, value] of response.headers) compare(value, answer.header(name) ?? '');
  if (/^\s*\{/.test(response.body ?? '')) compare(response.body ?? '', answer.body.toString());
  return learnt;
}

/** A text that is another one altogether teaches nothing; the comparison will tell. */
function learnFrom(recorded: string, actual: string, known: Placeholders): Placeholders {
  const names: string[] = [];
  const pattern = recorded
    .split(PLACEHOLDER)
    .map((part, index) => {
      if (index % 2 === 0) return escapePattern(part);
      const value = known[part];
      if (value !== undefined) return escapePattern(value);
      names.push(part);
      return '([\\w~-]+)';
    })
    .join('');
  if (names.length === 0) return {};
  const values = new RegExp(`^${pattern}$`).exec(actual)?.slice(1) ?? [];
  return Object.fromEntries(values.map((value, index) => [names[index] ?? '', value]));
}

function escapePattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
