import { escapeHtml } from './oauth-reply.ts';

const FULL_ACCESS = `<div>Full read/write access with all of your permissions</div>
<div>Includes any access you have to escalating resources like secrets</div>`;

/** The page that asks a person to approve a client; its form posts to the page's own address. */
export function approvalPage(ask: {
  readonly clientName: string;
  readonly userName: string;
  readonly then: string;
  readonly csrf: string;
  readonly scopes: readonly string[];
  readonly redirectUri: string;
}): string {
  const client = escapeHtml(ask.clientName);
  const user = escapeHtml(ask.userName);
  const scopes = ask.scopes.map((scope, index) => {
    const name = escapeHtml(scope);
    return `<p><input type="checkbox" checked name="scope" value="${name}" id="scope-${index}">
<label for="scope-${index}">${name} ${scope === 'user:full' ? FULL_ACCESS : ''}</label></p>`;
  });
  return `<!DOCTYPE html>
<html lang="en">
<head><title>Authorize ${client}</title></head>
<body>
<form action="approve" method="POST">
<input type="hidden" name="then" value="${escapeHtml(ask.then)}">
<input type="hidden" name="csrf" value="${escapeHtml(ask.csrf)}">
<input type="hidden" name="client_id" value="${client}">
<input type="hidden" name="user_name" value="${user}">
<input type="hidden" name="redirect_uri" value="${escapeHtml(ask.redirectUri)}">
<h1>Authorize Access</h1>
<h3>${client} is requesting ${scopes.length === 1 ? 'permission' : 'permissions'} to access your account (${user})</h3>
<p>Requested permissions</p>
${scopes.join('\n')}
<p>You will be redirected to ${escapeHtml(ask.redirectUri)}</p>
<input type="submit" name="approve" value="Allow selected permissions">
<input type="submit" name="deny" value="Deny">
</form>
</body>
</html>
`;
}

/** A page that says one thing. */
export function messagePage(message: string): string {
  return `<!DOCTYPE html>
<html lang="en">
<head><title>Error</title></head>
<body><h1>${escapeHtml(message)}</h1></body>
</html>
`;
}
