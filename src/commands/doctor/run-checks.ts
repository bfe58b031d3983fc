import { AppError, describeError, withoutSecrets } from '../../hosts/reason.ts';
import type { Check, CheckContext } from './check.ts';
import { type CheckedFinding, type Finding, fixText } from './finding.ts';

/**
 * Runs all checks side by side, until `context.signal` aborts.
 * @returns what they found, in the order of the checks. A check that throws, or is late, has a finding that says so.
 */
export async function runChecks(
  checks: readonly Check[],
  context: CheckContext,
): Promise<readonly CheckedFinding[]> {
  const found = await Promise.all(checks.map((check) => runOne(check, context)));
  return found.flat();
}

async function runOne(check: Check, context: CheckContext): Promise<CheckedFinding[]> {
  const { signal } = context;
  let onAbort: () => void = () => {};
  const late = new Promise<readonly Finding[]>((resolve) => {
    onAbort = () => resolve([LATE]);
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    const found = await Promise.race([check.run(context), late]);
    return found.map((finding) => ({ check: check.id, ...finding }));
  } catch (error) {
    // One check's fault keeps no other from being told; what it is, is a finding.
    return [{ check: check.id, ...failed(error) }];
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

const LATE: Finding = {
  status: 'warning',
  saw: 'This was not looked at to the end: the time was up',
  why: 'Something that it waits for does not answer',
  mend: 'Run doctor again; if it stays so, run it with --bundle FILE and report it.',
};

function failed(error: unknown): Finding {
  if (error instanceof AppError) {
    const mend = fixText(error.fix);
    return { status: 'problem', saw: withoutSecrets(error.message), mend };
  }
  return {
    status: 'problem',
    saw: `The check failed: ${describeError(error)}`,
    why: 'That is a defect of this program; what the check looks at is not known',
    mend: 'Run doctor with --bundle FILE and report it.',
  };
}
