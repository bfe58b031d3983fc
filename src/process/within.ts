/** @returns the value, or `otherwise` where it is not there within `ms` */
export function within<T>(ms: number, value: Promise<T> | undefined, otherwise: T): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<T>((resolve) => {
    timer = setTimeout(() => resolve(otherwise), ms);
  });
  return Promise.race([value ?? late, late]).finally(() => clearTimeout(timer));
}
