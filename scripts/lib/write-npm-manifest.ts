import { readFileSync, writeFileSync } from 'node:fs';

/** The platforms that have a package of their own, as scripts/release names them, with Node's and npm's words for them. */
const PLATFORMS: Readonly<Record<string, { os: string; cpu: string; libc?: string }>> = {
  'linux-x64': { os: 'linux', cpu: 'x64', libc: 'glibc' },
  'linux-arm64': { os: 'linux', cpu: 'arm64', libc: 'glibc' },
  'linux-x64-musl': { os: 'linux', cpu: 'x64', libc: 'musl' },
  'linux-arm64-musl': { os: 'linux', cpu: 'arm64', libc: 'musl' },
  'macos-x64': { os: 'darwin', cpu: 'x64' },
  'macos-arm64': { os: 'darwin', cpu: 'arm64' },
};
const NAME = 'docker-credential-openshift';

/** What of the project's package.json goes into each package. */
interface Project {
  readonly [key: string]: unknown;
  readonly dependencies: Readonly<Record<string, string>>;
}

/**
 * The package.json of one of npm's packages. None has install scripts, so that `--ignore-scripts` changes nothing.
 * @param platform as scripts/release names it; undefined: the package that people install, which has the program for Node
 *   and asks for the platforms' as optional ones
 * @throws Error for a platform that has none
 */
export function npmManifest(version: string, platform: string | undefined, project: Project): object {
  const { description, license, homepage, repository, engines, dependencies } = project;
  const shared = { version, license, homepage, repository };
  if (platform === undefined) {
    const ours = Object.keys(PLATFORMS).map((name) => [`@${NAME}/${name}`, version] as const);
    // The keychains of macOS and Windows need it under Node (docs/decisions/0007-keychain.md); all else is bundled.
    const keyring = '@napi-rs/keyring';
    const optionalDependencies = Object.fromEntries([...ours, [keyring, dependencies[keyring] ?? '']]);
    return {
      name: NAME,
      ...shared,
      description,
      keywords: ['docker', 'podman', 'openshift', 'okd', 'credential-helper', 'registry'],
      engines,
      bin: { [NAME]: 'start.cjs' },
      // A list: a page that is named by itself is linked only where the registry made it one.
      man: [`share/man/man1/${NAME}.1`],
      optionalDependencies,
    };
  }
  const words = PLATFORMS[platform];
  if (words === undefined) throw new Error(`npm has no package for ${platform}`);
  const { os, cpu, libc } = words;
  return {
    name: `@${NAME}/${platform}`,
    ...shared,
    description: `${NAME} for ${platform}; install ${NAME}, which takes it where it fits`,
    os: [os],
    cpu: [cpu],
    ...(libc === undefined ? {} : { libc: [libc] }),
    preferUnplugged: true,
  };
}

if (import.meta.main) {
  const [out = '', version = '', platform] = process.argv.slice(2);
  const project: Project = JSON.parse(readFileSync('package.json', 'utf8'));
  writeFileSync(out, `${JSON.stringify(npmManifest(version, platform, project), null, 2)}\n`);
}
