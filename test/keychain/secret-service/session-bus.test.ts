import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sessionBusPath } from '../../../src/keychain/secret-service/faults.ts';

const at = (DBUS_SESSION_BUS_ADDRESS: string, XDG_RUNTIME_DIR?: string) =>
  sessionBusPath({ DBUS_SESSION_BUS_ADDRESS, XDG_RUNTIME_DIR });

test('the first socket of the address counts', () => {
  assert.equal(at('unix:path=/run/user/1/bus,guid=1'), '/run/user/1/bus');
  assert.equal(at('tcp:host=example.com,port=1;unix:abstract=/tmp/dbus-x'), '\0/tmp/dbus-x');
  assert.equal(at('unix:guid=1,path=/a%20b%2c'), '/a b,');
  assert.equal(at('unix:runtime=yes', '/run/user/1'), '/run/user/1/bus');
});

test('without an address it is where systemd has it', () => {
  assert.equal(sessionBusPath({ XDG_RUNTIME_DIR: '/run/user/1' }), '/run/user/1/bus');
  assert.equal(at('', '/run/user/1'), '/run/user/1/bus');
});

test('no session is none, and one that would send secrets over a network is none either', () => {
  for (const address of ['tcp:host=127.0.0.1,port=1', 'autolaunch:', 'unix:', 'nonsense', ';']) {
    assert.equal(at(address, '/run/user/1'), undefined, address);
  }
  assert.equal(sessionBusPath({}), undefined);
  assert.equal(sessionBusPath({ XDG_RUNTIME_DIR: 'relative' }), undefined);
});
