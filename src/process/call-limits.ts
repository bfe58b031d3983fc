/** What an engine or a kubelet calls ends within 5 s, counted from the start of the process … */
const DEADLINE_MS = 4650;
/** … and its requests end before that, so that what follows from their end can still be said. */
export const REQUESTS_END_MS = 4500;

/** Calls back when the time for the whole call has run out. */
export function onDeadline(call: () => void): void {
  setTimeout(call, Math.max(0, DEADLINE_MS - performance.now()));
}

/** Calls back for a fault that nothing waits for, which would end the process in its own way. */
export function onStrayFault(call: (error: unknown) => void): void {
  process.on('uncaughtException', call);
  process.on('unhandledRejection', call);
}
