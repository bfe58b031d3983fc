import type { CallApi } from './registry-call.ts';

/** The API's answer about a token; without a status it could not be reached. */
export interface WhoAmI {
  readonly status: number | undefined;
  /** As Kubernetes clients derive it: from the Status body, else from the HTTP status. */
  readonly reason?: string;
}

/**
 * Asks the API whose token it is, as the registry does: `users/~`, and where nobody serves that (external
 * identity providers) SelfSubjectReview.
 */
export function whoAmI(callApi: CallApi, token: string): WhoAmI {
  const user = callApi('GET', '/apis/user.openshift.io/v1/users/~', token);
  const answer =
    user?.status === 404
      ? callApi('POST', '/apis/authentication.k8s.io/v1/selfsubjectreviews', token, {
          apiVersion: 'authentication.k8s.io/v1',
          kind: 'SelfSubjectReview',
        })
      : user;
  if (answer === undefined) return { status: undefined };
  if (answer.status === 200 || answer.status === 201) return { status: 200 };
  const { reason } = (answer.body ?? {}) as { reason?: string };
  const derived = reason ?? (answer.status === 503 ? 'ServiceUnavailable' : undefined);
  return { status: answer.status, ...(derived === undefined ? {} : { reason: derived }) };
}
