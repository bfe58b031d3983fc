import { jsonReply, type Reply } from '../http/message.ts';
import { type ApiCall, readJson } from './api-call.ts';
import { policyRule } from './policy-rules.ts';
import { badRequest } from './status.ts';

/** SelfSubjectRulesReview: all that the caller may do in a namespace, by RBAC. */
export function serveRulesReview({ cluster, identity, body }: ApiCall): Reply {
  const spec = (readJson(body) as { spec?: { namespace?: string } } | undefined)?.spec;
  const namespace = spec?.namespace ?? '';
  if (namespace === '') return badRequest('no namespace on request');
  const rules = cluster.rulesIn(identity, namespace).map(policyRule);
  return jsonReply(201, {
    kind: 'SelfSubjectRulesReview',
    apiVersion: 'authorization.k8s.io/v1',
    metadata: { creationTimestamp: null },
    spec: {},
    status: {
      resourceRules: rules.filter((rule) => rule.resources !== undefined && rule.resources.length > 0),
      nonResourceRules: rules
        .filter((rule) => rule.nonResourceURLs !== undefined)
        .map(({ verbs, nonResourceURLs }) => ({ verbs, nonResourceURLs })),
      incomplete: false,
    },
  });
}
