import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createManualClock } from '../manual-clock.ts';
import { type ClusterOptions, createCluster } from './cluster.ts';

function clusterWithToken(options: { inactivityTimeoutSeconds?: number; validationCacheSeconds?: number }) {
  const clock = createManualClock();
  const settings: ClusterOptions = {
    clock,
    mode: 'openshift',
    users: ['alice'],
    selfSubjectReviews: true,
    validationCacheSeconds: options.validationCacheSeconds ?? 0,
  };
  const cluster = createCluster(settings);
  const { name: userName, uid: userUid } = cluster.openUser('alice');
  const token = cluster.credentials.issueOAuthToken({
    userName,
    userUid,
    lifeSeconds: 3600,
    scopes: ['user:full'],
    inactivityTimeoutSeconds: options.inactivityTimeoutSeconds,
    createdSecondsAgo: 0,
    clientName: 'openshift-challenging-client',
    resourceVersion: '1',
  });
  const accepted = () => cluster.credentials.validate(token.value) !== undefined;
  return { clock, cluster, token, accepted };
}

test('an OAuth token is accepted up to its end, and its object goes with it', () => {
  const { clock, cluster, accepted } = clusterWithToken({});
  clock.advanceSeconds(3599);
  assert.deepEqual([accepted(), cluster.credentials.oauthTokens().length], [true, 1]);
  clock.advanceSeconds(1);
  assert.deepEqual([accepted(), cluster.credentials.oauthTokens().length], [false, 0]);
});

test('an idle token ends by its timeout, while its object stays', () => {
  const { clock, cluster, accepted } = clusterWithToken({ inactivityTimeoutSeconds: 300 });
  clock.advanceSeconds(300);
  assert.deepEqual([accepted(), cluster.credentials.oauthTokens().length], [false, 1]);
});

test('use keeps an idle timeout away; the object shows it late', () => {
  const { clock, token, accepted } = clusterWithToken({ inactivityTimeoutSeconds: 300 });
  clock.advanceSeconds(99);
  assert.ok(accepted());
  assert.equal(token.inactivityTimeoutSeconds, 300);
  clock.advanceSeconds(101);
  assert.ok(accepted());
  assert.equal(token.inactivityTimeoutSeconds, 500);
  clock.advanceSeconds(299);
  assert.ok(accepted());
});

test('with the validation cache a dead token lives on for the rest of two minutes', () => {
  const { clock, cluster, token, accepted } = clusterWithToken({ validationCacheSeconds: 120 });
  assert.ok(accepted());
  cluster.credentials.end(token.value);
  clock.advanceSeconds(119);
  assert.ok(accepted());
  clock.advanceSeconds(1);
  assert.equal(accepted(), false);
});

test('while oauth-apiserver is down only tokens seen in the last two minutes are known', () => {
  const { clock, cluster, accepted } = clusterWithToken({});
  cluster.validationDown = true;
  assert.equal(accepted(), false);
  cluster.validationDown = false;
  assert.ok(accepted());
  cluster.validationDown = true;
  clock.advanceSeconds(119);
  assert.ok(accepted());
  clock.advanceSeconds(1);
  assert.equal(accepted(), false);
});
