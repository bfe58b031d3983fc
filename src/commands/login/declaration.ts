import type { CommandDeclaration } from '../declaration.ts';

export const LOGIN = {
  name: 'login',
  usage: [
    'login [CONTEXT | HOST | API-URL] [--no-browser] [--callback-port PORT] [--timeout SECONDS]',
    'login [CONTEXT | HOST | API-URL] --username USER [--password-stdin]',
    'login [CONTEXT | HOST | API-URL] --token-stdin',
    'login --all-expiring',
  ],
  does: 'log in to a cluster by the browser, into the kubeconfig, and renew its registry hosts',
  details: [
    'Without an argument: to the cluster of the current context. Where no browser can be opened, the address to visit is printed, and the address that it ends at, a token or a copied `oc login` command may be pasted.',
  ],
  words: [
    {
      name: 'CONTEXT | HOST | API-URL',
      does: 'the cluster: a context, its registry host or its API server',
      completes: 'context',
    },
  ],
  options: {
    'no-browser': { does: 'print the address and open no browser' },
    'callback-port': {
      value: 'PORT',
      does: 'the port of 127.0.0.1 that the browser comes back to',
    },
    timeout: { value: 'SECONDS', does: 'how long to wait for the browser; 300 without it' },
    username: { short: 'u', value: 'USER', does: 'log in with a password, which is asked for' },
    'password-stdin': { does: 'read the password from stdin instead' },
    'token-stdin': { does: 'read a token from stdin' },
    'revoke-old': { does: 'end the token that is replaced, on the cluster' },
    'certificate-authority': {
      value: 'FILE',
      completes: 'file',
      does: "what the API server's certificate is verified by from now on",
    },
    'all-expiring': { does: 'log in to every cluster whose login expired or soon will' },
  },
  environment: ['KUBECONFIG', 'BROWSER', 'HTTPS_PROXY'],
  examples: [
    { run: 'login', does: 'to the cluster of the current context' },
    { run: 'login registry.example.com', does: 'to the cluster of a registry host' },
    { run: 'login work --username alice --password-stdin < FILE', does: 'without a browser' },
  ],
  exitStatuses: {
    0: 'logged in, and its hosts have good tokens',
    1: 'nobody is logged in, or a host has no good token',
    130: 'stopped by Ctrl-C',
  },
} as const satisfies CommandDeclaration;
