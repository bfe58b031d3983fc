import { escapeHtml } from './oauth-reply.ts';

/** A provider's login form; `error`: what was wrong the last time. */
export function loginPage(form: {
  readonly action: string;
  readonly then: string;
  readonly csrf: string;
  readonly error: string | undefined;
}): string {
  const error = form.error === undefined ? '' : `<p role="alert">${escapeHtml(form.error)}</p>`;
  return frame(`<h1>Log in to your account</h1>
<form role="form" action="${escapeHtml(form.action)}" method="POST">
<input type="hidden" name="then" value="${escapeHtml(form.then)}">
<input type="hidden" name="csrf" value="${escapeHtml(form.csrf)}">
${error}
<p><label for="inputUsername"><span>Username</span> <span aria-hidden="true">*</span></label>
<input type="text" id="inputUsername" autofocus="autofocus" name="username" value=""></p>
<p><label for="inputPassword"><span>Password</span> <span aria-hidden="true">*</span></label>
<input type="password" id="inputPassword" name="password" value=""></p>
<button type="submit">Log in</button>
</form>
<footer><p>Welcome to OKD</p></footer>`);
}

/** The choice between several identity providers. */
export function providerChoicePage(providers: readonly { name: string; url: string }[]): string {
  const items = providers.map(({ name, url }) => {
    const text = escapeHtml(name);
    return `<li><a href="${escapeHtml(url)}" title="Log in with ${text}">${text}</a></li>`;
  });
  return frame(`<h1>Log in with</h1>\n<ul>\n${items.join('\n')}\n</ul>`);
}

function frame(main: string): string {
  return `<!DOCTYPE html>
<html lang="en-us" data-test-id="login">
<head>
<title>Log in . OKD</title>
<meta name="viewport" content="width=device-width, initial-scale=1.0">
<link rel="shortcut icon" href="data:,">
<style>
body { font-family: sans-serif; max-width: 24em; margin: 4em auto; padding: 0 1em }
input, button { display: block; width: 100%; font: inherit; box-sizing: border-box }
[role=alert] { color: #b00 }
</style>
</head>
<body>
${main}
</body>
</html>
`;
}
