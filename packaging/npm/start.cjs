#!/usr/bin/env node
// What npm puts on the PATH. Where this platform's program is installed beside it and can start here, that takes this
// process's place; everywhere else Node runs the same program from this package.
const { accessSync, constants, existsSync } = require('node:fs');
const { dirname, join } = require('node:path');

const system = process.platform === 'darwin' ? 'macos-' : `${process.platform}-`;
const arch = process.arch === 'x64' ? 'x86_64' : 'aarch64';
// A program starts where its loader is, whatever else is there: each C library has its own.
const loaders = {
  [`linux-${process.arch}`]:
    process.arch === 'x64' ? '/lib64/ld-linux-x86-64.so.2' : '/lib/ld-linux-aarch64.so.1',
  [`linux-${process.arch}-musl`]: `/lib/ld-musl-${arch}.so.1`,
  [`macos-${process.arch}`]: '/usr/lib/dyld',
};

function nativeProgram() {
  for (const [platform, loader] of Object.entries(loaders)) {
    if (!platform.startsWith(system) || !existsSync(loader)) continue;
    try {
      const manifest = require.resolve(`@docker-credential-openshift/${platform}/package.json`);
      const program = join(dirname(manifest), 'bin/docker-credential-openshift');
      accessSync(program, constants.X_OK);
      return program;
    } catch {
      // Left out: by `--omit=optional`, or since npm could not get it. Or it can't be run, which would be the end of this process.
    }
  }
  return undefined;
}

const program = process.execve === undefined ? undefined : nativeProgram();
if (program !== undefined) {
  // It does not return. That it is experimental Node would tell after this turn, which never ends.
  process.execve(program, [program, ...process.argv.slice(2)], process.env);
}
import('./node/main.js');
