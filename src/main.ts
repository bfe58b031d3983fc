import { leaveMemoryOutOfCoreFiles } from './process/this-process.ts';
import { serveGet } from './protocol/serve-get.ts';
import { getPorts } from './wiring/get-ports.ts';

const args = process.argv.slice(2);
// Where `login` does it, it spares the browser that it starts.
if (args[0] !== 'login') leaveMemoryOutOfCoreFiles();
if (args[0] === 'get' && args.length === 1) serveGet(getPorts());
else void import('./wiring/run-command.ts').then(({ runCommand }) => runCommand(args));
