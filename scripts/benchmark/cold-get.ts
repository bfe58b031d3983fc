import { send } from '../../test/sandbox/https-client.ts';
import { median } from './compare-programs.ts';
import { createRunner, type Program } from './timed-run.ts';
import { forget, type World } from './world.ts';

const RUNS = 40;
const WARM_UP = 5;

export interface ColdGet {
  /** Of a `get` with nothing cached, in ms. */
  readonly getMs: number;
  /** Of the same request from a program that is warm, on a connection of its own, in ms. */
  readonly requestMs: number;
}

/** Measures `get` without a cache, in turn with its one API request. Throws if it makes another number of them. */
export async function measureColdGet(program: Program, world: World): Promise<ColdGet> {
  const gets: number[] = [];
  const requests: number[] = [];
  const runner = createRunner(program, world.directory);
  await world.requests();
  for (let run = -WARM_UP; run < RUNS; run += 1) {
    forget(program.env);
    const getMs = runner.run();
    const [sent, ...others] = await world.requests();
    if (sent === undefined || others.length > 0)
      throw new Error(`a cold get made ${others.length + 1} requests`);
    const requestMs = await timeRequest(sent, world);
    if (run < 0) continue;
    gets.push(getMs);
    requests.push(requestMs);
  }
  runner.close();
  return { getMs: median(gets), requestMs: median(requests) };
}

async function timeRequest(sent: string, { cluster, requests }: World): Promise<number> {
  const [method = '', path = ''] = sent.split(' ');
  const started = performance.now();
  const reply = await send(cluster.apiUrl + path, {
    caPem: cluster.caPem,
    method,
    headers: { authorization: `Bearer ${cluster.token}` },
  });
  const elapsedMs = performance.now() - started;
  if (reply.status !== 200) throw new Error(`the API server answered ${reply.status}`);
  await requests();
  return elapsedMs;
}
