import { readFileSync } from 'node:fs';

/** An entry of package-lock.json. */
export interface LockedPackage {
  name: string;
  version: string;
  /** Such as `sha512-…`; none where the registry told none. */
  integrity?: string;
  /** SPDX. */
  license?: string;
  dependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
  os?: string[];
  cpu?: string[];
  libc?: string[];
  hasInstallScript?: boolean;
}

/** Each by where npm puts it, such as `node_modules/yaml`; the project itself is ``. */
const lock: Record<string, LockedPackage> = JSON.parse(readFileSync('package-lock.json', 'utf8')).packages;

/** @throws when package-lock.json has no such package */
export function lockedPackage(name: string): LockedPackage {
  const entry = lock[`node_modules/${name}`];
  if (entry === undefined) throw new Error(`package-lock.json has no ${name}`);
  return { ...entry, name };
}

/**
 * What the program is made of: the dependencies, and theirs, as npm finds them.
 * @param isWanted says of a package for some platforms alone whether it is part of this one
 * @returns by name
 */
export function bundledPackages(isWanted: (name: string) => boolean): readonly LockedPackage[] {
  const found = new Map<string, LockedPackage>();
  const add = (place: string): void => {
    const { dependencies, optionalDependencies } = lock[place] as LockedPackage;
    for (const name of Object.keys({ ...dependencies, ...optionalDependencies })) {
      const at = resolve(place, name);
      if (found.has(at) || (optionalDependencies?.[name] !== undefined && !isWanted(name))) continue;
      found.set(at, { ...(lock[at] as LockedPackage), name });
      add(at);
    }
  };
  add('');
  return [...found.values()].sort((one, other) => (one.name < other.name ? -1 : 1));
}

/** As Node looks for it: in the package's own node_modules, then in those above. */
function resolve(from: string, name: string): string {
  for (let at = from; ; at = at.slice(0, Math.max(0, at.lastIndexOf('/node_modules/')))) {
    const place = `${at === '' ? '' : `${at}/`}node_modules/${name}`;
    if (lock[place] !== undefined) return place;
    if (at === '') throw new Error(`package-lock.json has no ${name}, which ${from} depends on`);
  }
}
