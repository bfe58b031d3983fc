import { formatTime } from '../clock.ts';
import type { AccessRequest } from '../cluster/access.ts';
import { jsonReply, type Reply } from '../http/message.ts';
import { type ApiCall, type ApiGroup, readJson } from './api-call.ts';
import { managedFields } from './managed-fields.ts';
import { serveRulesReview } from './rules-review.ts';
import { invalid, methodNotAllowed } from './status.ts';

interface Attributes {
  readonly namespace?: string;
  readonly verb?: string;
  readonly group?: string;
  readonly resource?: string;
  readonly subresource?: string;
  readonly name?: string;
}

interface ReviewSpec {
  readonly resourceAttributes?: Attributes;
  readonly nonResourceAttributes?: { readonly path?: string; readonly verb?: string };
}

/** `authorization.k8s.io`: SelfSubjectAccessReview, "may I?", by which the registry decides, too, and SelfSubjectRulesReview. */
export const serveAuthorizationApi: ApiGroup = (call) => {
  const { info } = call;
  const rules = info.resource === 'selfsubjectrulesreviews';
  if (info.version !== 'v1' || (!rules && info.resource !== 'selfsubjectaccessreviews')) return undefined;
  if (info.verb !== 'create') return methodNotAllowed();
  return rules ? serveRulesReview(call) : serveAccessReview(call);
};

function serveAccessReview({ cluster, identity, body }: ApiCall): Reply {
  const spec = (readJson(body) as { spec?: ReviewSpec } | undefined)?.spec;
  const request = spec && accessRequest(spec);
  if (spec === undefined || request === undefined) {
    return invalid('authorization.k8s.io', 'SelfSubjectAccessReview', '', {
      field: 'spec.resourceAttributes',
      reason: 'FieldValueInvalid',
      message:
        'Invalid value: null: exactly one of nonResourceAttributes or resourceAttributes must be specified',
    });
  }
  const decision = cluster.decide(identity, request);
  return jsonReply(201, {
    kind: 'SelfSubjectAccessReview',
    apiVersion: 'authorization.k8s.io/v1',
    metadata: {
      creationTimestamp: null,
      managedFields: managedFields(
        'sandbox',
        'authorization.k8s.io/v1',
        formatTime(cluster.clock.nowMs()),
        {},
      ),
    },
    spec,
    status: decision,
  });
}

function accessRequest(spec: ReviewSpec): AccessRequest | undefined {
  const { resourceAttributes: resource, nonResourceAttributes: path } = spec;
  if ((resource === undefined) === (path === undefined)) return undefined;
  if (path !== undefined) return { verb: path.verb ?? '', path: path.path ?? '' };
  return { verb: '', ...resource };
}
