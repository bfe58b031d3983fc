/**
 * The URL of a cluster's API server, in the one spelling that this program compares and stores.
 *
 * @param text the `server` of a kubeconfig cluster or of our config file
 * @returns scheme, lower-case host, port (left out where it is the scheme's own) and path without a
 *   trailing slash; null if the text is no http(s) URL or carries a user name, a query or a fragment
 */
export function normaliseServerUrl(text: string): string | null {
  let url: URL;
  try {
    url = new URL(text.trim());
  } catch {
    // URL throws for what is no URL: that is the answer here.
    return null;
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return null;
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') return null;
  return `${url.protocol}//${url.host}${url.pathname.replace(/(?<!\/)\/+$/, '')}`;
}
