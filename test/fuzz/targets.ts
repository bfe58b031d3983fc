import type { Target } from './target.ts';
import { engineFileTargets } from './targets/engine-files.ts';
import { kubeconfigTargets } from './targets/kubeconfigs.ts';
import { kubeletTargets } from './targets/kubelet.ts';
import { configTargets } from './targets/our-config.ts';
import { ownRecordTargets } from './targets/own-records.ts';
import { protocolTargets } from './targets/protocol.ts';
import { replyTargets } from './targets/replies.ts';
import { smallFormatTargets } from './targets/small-formats.ts';

/** Everything that reads what others wrote. */
export const targets: readonly Target[] = [
  ...protocolTargets,
  ...kubeletTargets,
  ...kubeconfigTargets,
  ...configTargets,
  ...engineFileTargets,
  ...replyTargets,
  ...smallFormatTargets,
  ...ownRecordTargets,
];
