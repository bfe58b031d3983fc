import type { Clock } from '../clock.ts';
import { createImageStore, type ImageStore } from '../cluster/image-store.ts';
import { putSampleImage } from '../cluster/sample-image.ts';

/** QCI keeps all images in one repository, under tags of the form `NAMESPACE_NAME_TAG`. */
export function createQciImages(clock: Clock): ImageStore {
  let version = 0;
  const images = createImageStore(clock, () => String(++version));
  for (const tag of ['ci_ci-operator_latest', 'ocp_4.18_cli']) {
    putSampleImage(images, 'openshift/ci', tag, `${tag}\n`);
  }
  return images;
}
