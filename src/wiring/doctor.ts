import { writeBundle } from '../commands/doctor/bundle-facts.ts';
import { CHECKS } from '../commands/doctor/checks/all-checks.ts';
import { type DoctorPorts, runDoctor } from '../commands/doctor/run-doctor.ts';
import { printer } from '../process/terminal.ts';
import { place } from '../process/this-process.ts';
import { terminal } from '../process/this-terminal.ts';
import { doctorMachine } from './doctor-machine.ts';

/** How long the checks may take in all. */
const CHECKS_MS = 5000;

/** @returns the exit status */
export function doctor(args: string[]): Promise<number> {
  const here = place();
  const ports: DoctorPorts = {
    ...printer,
    terminal: terminal(here.env),
    checks: CHECKS,
    machine: () => doctorMachine(here),
    deadline,
    writeBundle: (path, report) => writeBundle(path, report, here),
  };
  return runDoctor(args, ports);
}

function deadline(): { signal: AbortSignal; clear(): void } {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), CHECKS_MS);
  return { signal: controller.signal, clear: () => clearTimeout(timer) };
}
