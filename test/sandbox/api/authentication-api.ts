import { jsonReply } from '../http/message.ts';
import { type ApiGroup, readJson } from './api-call.ts';
import { methodNotAllowed, statusReply } from './status.ts';

/** `authentication.k8s.io`: SelfSubjectReview, which clusters have since 4.14. */
export const serveAuthenticationApi: ApiGroup = ({ cluster, identity, info, body }) => {
  if (!cluster.selfSubjectReviews) return undefined;
  if (info.version !== 'v1' || info.resource !== 'selfsubjectreviews') return undefined;
  if (info.verb !== 'create') return methodNotAllowed();
  if (readJson(body) === undefined) {
    return statusReply(
      400,
      'BadRequest',
      'the object provided is unrecognized: expected a SelfSubjectReview',
    );
  }
  const userInfo = {
    username: identity.name,
    ...(identity.uid === undefined ? {} : { uid: identity.uid }),
    groups: identity.groups,
    ...(identity.scopes === undefined
      ? {}
      : { extra: { 'scopes.authorization.openshift.io': identity.scopes } }),
  };
  return jsonReply(201, {
    kind: 'SelfSubjectReview',
    apiVersion: 'authentication.k8s.io/v1',
    metadata: { creationTimestamp: new Date(cluster.clock.nowMs()).toISOString().replace(/\.\d+/, '') },
    status: { userInfo },
  });
};
