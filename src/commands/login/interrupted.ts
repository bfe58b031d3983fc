import { AppError } from '../../hosts/reason.ts';

/**
 * What a promise comes to, unless the person stops the program before.
 * @throws AppError `interrupted`, or what the promise fails of
 */
export async function unlessInterrupted<T>(
  promise: Promise<T>,
  { interrupted }: { readonly interrupted: AbortSignal },
): Promise<T> {
  let stop = (): void => {};
  const stopped = new Promise<never>((_, reject) => {
    stop = () => reject(interruption());
  });
  if (interrupted.aborted) stop();
  interrupted.addEventListener('abort', stop);
  try {
    return await Promise.race([stopped, promise]);
  } finally {
    interrupted.removeEventListener('abort', stop);
  }
}

/** @returns the error that ends a command which a person stopped */
export function interruption(): AppError {
  return new AppError({ code: 'interrupted', message: 'Stopped' });
}
