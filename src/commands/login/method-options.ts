import { shellQuoted } from '../../hosts/quoting.ts';
import type { LoginMethod } from './login-arguments.ts';

/** @returns the options that say how a person logs in, as they are typed; empty: by the browser */
export function methodOptions(method: LoginMethod): string {
  switch (method.kind) {
    case 'token':
      return '--token-stdin';
    case 'password': {
      const user = `-u ${shellQuoted(method.username ?? '')}`;
      return method.fromStdin ? `${user} --password-stdin` : user;
    }
    case 'browser':
      return method.opensBrowser ? '' : '--no-browser';
  }
}
