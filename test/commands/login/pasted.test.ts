import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readPastedLogin } from '../../../src/commands/login/pasted.ts';
import fc from '../../support/properties.ts';

const TOKEN = `sha256~${'k'.repeat(43)}`;
const SERVER = 'https://api.example.com:6443';

test('the address that a browser ended at is read, however it was pasted', () => {
  for (const text of [
    'http://127.0.0.1:8000/callback?code=c&state=s',
    ' http://[::1]:8000/callback?state=s&code=c \r',
  ]) {
    const pasted = readPastedLogin(text);
    assert.ok(pasted.kind === 'answer');
    assert.deepEqual([pasted.query.get('code'), pasted.query.get('state')], ['c', 's']);
  }
});

test("the cluster's oc command, in each of its spellings, and a token alone are read", () => {
  const whole = { kind: 'token', token: TOKEN, server: SERVER };
  for (const text of [
    `oc login --token=${TOKEN} --server=${SERVER}`,
    `oc login --server ${SERVER} --token ${TOKEN}`,
    `/usr/bin/oc login ${SERVER}/ --token="${TOKEN}"`,
    `oc.exe login '--token=${TOKEN}' --server='${SERVER}'`,
    `oc login --token=${TOKEN} -s=${SERVER}`,
    `oc login -s ${SERVER} --token=${TOKEN} --insecure-skip-tls-verify=true -n dev`,
    `oc login -sapi.example.com:6443 --token=${TOKEN}`,
    `oc login api.example.com:6443 --token=${TOKEN}`,
    `$ oc login --token=${TOKEN} --server=api.example.com:6443`,
    `sudo KUBECONFIG=/tmp/k oc login --token=${TOKEN} --server=${SERVER}`,
  ]) {
    assert.deepEqual(readPastedLogin(text), whole, text);
  }
  for (const text of [`Authorization: Bearer ${TOKEN}`, `Bearer ${TOKEN}`, `oc login --token=${TOKEN}`]) {
    assert.deepEqual(readPastedLogin(text), { kind: 'token', token: TOKEN, server: undefined }, text);
  }
  assert.deepEqual(readPastedLogin(TOKEN), { kind: 'token', token: TOKEN, server: undefined });
  const opaque = 'BhZyTWe1b1sLHAg6vRXgB2LFdgn6QWhbIu1TzJQNnPk';
  assert.deepEqual(readPastedLogin(opaque), { kind: 'token', token: opaque, server: undefined });
});

test('everything else is not one of them', () => {
  assert.deepEqual(readPastedLogin('  '), { kind: 'empty' });
  for (const text of [
    'hello',
    'http://127.0.0.1:8000/',
    'http://127.0.0.1:8000/callback',
    'https://',
    'oc logout --token=x',
    `kubectl login --token=${TOKEN}`,
    'oc login --token',
    `${TOKEN} ${TOKEN}`,
  ]) {
    assert.deepEqual(readPastedLogin(text), { kind: 'unknown' }, text);
  }
  fc.assert(fc.property(fc.string(), (text) => void readPastedLogin(text)));
});

test('a command for another server is for that one, in every spelling', () => {
  for (const text of [
    `oc login api.other.example:6443 --token=${TOKEN}`,
    `oc login --token=${TOKEN} -s=https://api.other.example:6443`,
    `oc login --token=${TOKEN} -s api.other.example:6443`,
    `oc login --server=${SERVER} --server=https://api.other.example:6443/ --token ${TOKEN}`,
  ]) {
    const server = 'https://api.other.example:6443';
    assert.deepEqual(readPastedLogin(text), { kind: 'token', token: TOKEN, server }, text);
  }
});

test("a command whose server can't be told is for no server", () => {
  for (const words of [
    '--server=what',
    '--server=https://',
    `--server=${SERVER} https://api.other.example:6443`,
    `--context work --server=${SERVER}`,
    '--kubeconfig=/tmp/other',
    '--server',
    'api.example.com',
  ]) {
    const text = `oc login --token=${TOKEN} ${words}`;
    assert.deepEqual(readPastedLogin(text), { kind: 'token', token: TOKEN, server: '' }, text);
  }
});
