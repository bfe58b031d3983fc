import { randomBytes, randomUUID } from 'node:crypto';

/** A blob on its way in. */
export interface Upload {
  readonly id: string;
  readonly repository: string;
  /** Opaque; comes back in the query of every request for the upload. */
  readonly state: string;
  bytes: Buffer;
}

export interface UploadSessions {
  start(repository: string): Upload;
  find(repository: string, id: string, state: string | null): Upload | undefined;
  end(upload: Upload): void;
}

export function createUploadSessions(): UploadSessions {
  const uploads = new Map<string, Upload>();
  return {
    start(repository) {
      const state = randomBytes(48).toString('base64url');
      const upload = { id: randomUUID(), repository, state, bytes: Buffer.alloc(0) };
      uploads.set(upload.id, upload);
      return upload;
    },
    find(repository, id, state) {
      const upload = uploads.get(id);
      return upload?.repository === repository && upload.state === state ? upload : undefined;
    },
    end: (upload) => void uploads.delete(upload.id),
  };
}
