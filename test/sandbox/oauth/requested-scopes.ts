const USER_SCOPE = /^user:(full|info|check-access|list-projects|list-scoped-projects)$/;
const ROLE_SCOPE = /^role:[^:]+:[^:]+$/;

/** The scopes that a request names, `user:full` if none; or what is wrong with them, in OpenShift's words. */
export function readScopes(text: string): readonly string[] | { readonly problem: string } {
  const scopes = [...new Set(text.split(' ').filter((scope) => scope !== ''))];
  const problems = scopes.flatMap((scope, index) =>
    USER_SCOPE.test(scope) || ROLE_SCOPE.test(scope)
      ? []
      : [`[${index}]: Invalid value: ${JSON.stringify(scope)}: no scope handler found`],
  );
  if (problems.length > 0) {
    return { problem: problems.length === 1 ? String(problems[0]) : `[${problems.join(', ')}]` };
  }
  return scopes.length === 0 ? ['user:full'] : scopes;
}
