import { type ClientResponse, send } from '../https-client.ts';
import { type PageForm, readPage } from '../page-parts.ts';
import type { Sandbox } from '../sandbox.ts';

/** A browser without a screen: it keeps cookies and fills in forms, and goes on only when told to. */
export interface Browser {
  readonly cookies: ReadonlyMap<string, string>;
  /** URLs are relative to the last page, at first to the OAuth server. */
  get(url: string): Promise<ClientResponse>;
  /** Where the last answer redirects to. */
  follow(): Promise<ClientResponse>;
  /** Sends the last page's form with these fields filled in; its buttons count only if they are named here. */
  submit(fields: Readonly<Record<string, string>>): Promise<ClientResponse>;
}

/** @throws Error, by `follow` and `submit`, if there is no redirect or no form. */
export function openBrowser(sandbox: Sandbox): Browser {
  const cookies = new Map<string, string>();
  let at = `${sandbox.oauthUrl}/`;
  let last: ClientResponse | undefined;

  async function visit(url: string, form?: URLSearchParams): Promise<ClientResponse> {
    at = new URL(url, at).href;
    const headers = {
      Accept: 'text/html',
      ...(cookies.size === 0
        ? {}
        : { Cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') }),
      ...(form === undefined ? {} : { 'Content-Type': 'application/x-www-form-urlencoded' }),
    };
    const posted = form === undefined ? {} : { method: 'POST', body: form.toString() };
    last = await send(at, { caPem: sandbox.ingressCaPem, headers, ...posted });
    for (const [header, value] of last.headers) {
      const [, name = '', cookie = ''] = /^(\w+)=([^;]*)/.exec(value) ?? [];
      if (header.toLowerCase() === 'set-cookie') cookies.set(name, cookie);
    }
    return last;
  }

  return {
    cookies,
    get: (url) => visit(url),
    follow() {
      const location = last?.header('Location');
      if (location === undefined) throw new Error(`no redirect: ${last?.status} ${last?.body}`);
      return visit(location);
    },
    submit(fields) {
      const [form] = readPage(String(last?.body)).forms;
      if (form === undefined) throw new Error(`no form: ${last?.status} ${last?.body}`);
      return visit(form.action, filledIn(form, fields));
    },
  };
}

function filledIn(form: PageForm, fields: Readonly<Record<string, string>>): URLSearchParams {
  const values = new URLSearchParams();
  for (const { name, type, value } of form.fields) {
    if (name !== '' && type !== 'submit') values.append(name, value);
  }
  for (const [name, value] of Object.entries(fields)) values.set(name, value);
  return values;
}
