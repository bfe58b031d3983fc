import { appendToLog } from '../../src/files/log-file.ts';

/** Appends COUNT lines of LENGTH characters to the log below STATE, each with NAME and its number. */
const [state = '', name = '', count = '', length = ''] = process.argv.slice(2);
for (let number = 0; number < Number(count); number += 1) {
  const line = JSON.stringify({ name, number, filler: 'x'.repeat(Number(length)) });
  if (!(await appendToLog(state, line, process.geteuid?.()))) process.exitCode = 1;
}
