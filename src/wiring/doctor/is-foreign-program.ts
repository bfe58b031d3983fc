import { closeSync, openSync, readSync } from 'node:fs';

/** The processor in an ELF header (`e_machine`), by the names of `process.arch`. */
const MACHINES: Readonly<Record<string, number>> = {
  x64: 62,
  arm64: 183,
  arm: 40,
  ia32: 3,
  ppc64: 21,
  s390x: 22,
  riscv64: 243,
  loong64: 258,
};
const MACHINE_AT = 18;

/**
 * Whether Linux itself refuses to run a file: it is neither a script with `#!` nor built for this processor. Engines ask
 * the system alone; Node has a shell try what the system refuses, so that it can't be learnt by running it.
 * @returns false also where that can't be told, and on other systems
 */
export function isForeignProgram(
  path: string,
  { platform, arch }: Pick<NodeJS.Process, 'platform' | 'arch'>,
): boolean {
  const machine = MACHINES[arch];
  const header = platform === 'linux' ? headerOf(path) : undefined;
  if (header === undefined || machine === undefined || header.toString('latin1', 0, 2) === '#!') return false;
  if (header.length < MACHINE_AT + 2 || header.toString('latin1', 0, 4) !== '\x7fELF') return true;
  const isBigEndian = header[5] === 2;
  return (isBigEndian ? header.readUInt16BE(MACHINE_AT) : header.readUInt16LE(MACHINE_AT)) !== machine;
}

function headerOf(path: string): Buffer | undefined {
  try {
    const file = openSync(path, 'r');
    try {
      const header = Buffer.alloc(MACHINE_AT + 2);
      return header.subarray(0, readSync(file, header));
    } finally {
      closeSync(file);
    }
  } catch {
    // Executable and not readable: what is in it can't be told.
    return undefined;
  }
}
