/** What people and programs see of an HTML page; its looks and the order of attributes are no part of it. */
export interface PageParts {
  readonly title: string | undefined;
  /** Without white space. */
  readonly text: string;
  readonly links: readonly { readonly href: string; readonly text: string }[];
  readonly forms: readonly PageForm[];
}

export interface PageForm {
  readonly action: string;
  readonly method: string;
  /** Of fields and buttons that have a name. */
  readonly fields: readonly { readonly name: string; readonly type: string; readonly value: string }[];
}

/** Reads a page of the OAuth server, real or stand-in; no reader of HTML at large. */
export function readPage(html: string): PageParts {
  const shown = html.replace(/<(style|script|svg)\b.*?<\/\1>/gs, '');
  const body = /<body\b.*?>(.*)<\/body>/s.exec(shown)?.[1] ?? shown;
  return {
    title: /<title>(.*?)<\/title>/s.exec(shown)?.[1]?.replace(/\s+/g, ' ').trim(),
    text: textOf(body),
    links: [...body.matchAll(/<a\b(.*?)>(.*?)<\/a>/gs)].map(([, attributes = '', text = '']) => ({
      href: attributeOf(attributes, 'href'),
      text: textOf(text),
    })),
    forms: [...body.matchAll(/<form\b(.*?)>(.*?)<\/form>/gs)].map(([, attributes = '', content = '']) => ({
      action: attributeOf(attributes, 'action'),
      method: attributeOf(attributes, 'method').toUpperCase(),
      fields: [...content.matchAll(/<input\b(.*?)>/gs)].map(([, field = '']) => ({
        name: attributeOf(field, 'name'),
        type: attributeOf(field, 'type'),
        value: attributeOf(field, 'value'),
      })),
    })),
  };
}

function attributeOf(attributes: string, name: string): string {
  return decode(new RegExp(`\\b${name}="(.*?)"`, 's').exec(attributes)?.[1] ?? '');
}

function textOf(html: string): string {
  return decode(html.replace(/<.*?>/gs, '').replace(/\s+/g, ''));
}

function decode(text: string): string {
  const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', '#34': '"', '#39': "'" };
  return text.replace(/&(#?\w+);/g, (whole, name: string) => entities[name] ?? whole);
}
