/** @returns a function that makes a value when it is first asked for, and gives that one ever after */
export function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/** The same for each name. */
export function byName<T, Name extends string = string>(
  make: (name: Name) => Promise<T>,
): (name: Name) => Promise<T> {
  const made = new Map<Name, Promise<T>>();
  return (name) => {
    const found = made.get(name) ?? make(name);
    made.set(name, found);
    return found;
  };
}
