import { styleText } from 'node:util';
import { ocEntryNames } from '../../../test/sandbox/kubeconfig.ts';
import type { Sandbox } from '../../../test/sandbox/sandbox.ts';
import type { Puller } from './choose-puller.ts';
import type { DemoHome } from './demo-home.ts';
import { type Outcome, runCommand } from './run-command.ts';

export interface StoryContext {
  readonly sandbox: Sandbox;
  readonly home: DemoHome;
  readonly puller: Puller;
  readonly signal: AbortSignal;
  print(line: string): void;
}

/**
 * Shows what goes wrong without the helper, and what does not with it.
 * @returns whether every step went as it is told; throws once `signal` is aborted
 */
export async function tellStory(context: StoryContext): Promise<boolean> {
  const { sandbox, home, puller, signal, print } = context;
  const host = sandbox.registryHost;
  const { publicImage, privateImage } = storyImages(host);
  let asTold = true;
  const expect = (isSo: boolean) => {
    asTold &&= isSo;
  };
  const pull = async (image: string, succeeds: boolean) => {
    print(command(puller.commandFor(image)));
    const outcome = await puller.pull(image);
    signal.throwIfAborted();
    for (const line of gist(outcome)) print(line);
    expect(outcome.done === succeeds);
  };

  print(chapter('Without the helper'));
  print('Days ago alice ran "oc registry login": her token lies in a file, and has expired since.');
  print('The image is public, and yet:');
  const stale = sandbox.issueOAuthToken({ user: 'alice', createdSecondsAgo: 4 * 86_400 });
  const auth = Buffer.from(`alice:${stale}`).toString('base64');
  home.write(puller.loginFile, JSON.stringify({ auths: { [host]: { auth } } }));
  home.write('.kube/config', sandbox.kubeconfig({ token: stale }));
  await pull(publicImage, false);

  print(chapter('With the helper'));
  print('She runs one command, once. She has not logged in again yet.');
  const { context: name } = ocEntryNames(sandbox.apiUrl, 'alice', 'alice-ns');
  const setUp = ['docker-credential-openshift', 'setup', host, '--context', name, '--yes'];
  print(command(setUp.join(' ')));
  const setup = await runCommand(setUp, { env: home.env, signal });
  signal.throwIfAborted();
  for (const line of lines(setup.output)) print(`  ${line.replaceAll(home.directory, '~')}`);
  expect(setup.done);
  await pull(publicImage, true);
  print('A private image still needs a login, and the helper says which:');
  await pull(privateImage, false);

  print(chapter('After a fresh login'));
  const logIn = ['docker-credential-openshift', 'login', '--username', 'alice', '--password-stdin'];
  print(command(logIn.join(' ')));
  const login = await runCommand(logIn, { env: home.env, signal, input: 'alice-password' });
  signal.throwIfAborted();
  for (const line of lines(login.output)) print(`  ${line.replaceAll(home.directory, '~')}`);
  expect(login.done);
  await pull(privateImage, true);
  await pull(publicImage, true);
  return asTold;
}

/** What the story pulls from the registry. */
export function storyImages(host: string): { publicImage: string; privateImage: string } {
  return {
    publicImage: `${host}/public-ns/public:latest`,
    privateImage: `${host}/alice-ns/private:latest`,
  };
}

function chapter(title: string): string {
  return `\n${styleText('bold', title)}`;
}

function command(text: string): string {
  return `${styleText('dim', '$')} ${styleText('cyan', text)}`;
}

/** How a pull went, and what the helper and the engine said of it, without the progress in between. */
function gist({ done, output }: Outcome): string[] {
  const all = lines(output);
  // podman asks once for each of its files that names the helper; once said is enough.
  const helper = [...new Set(all.filter((line) => line.startsWith('docker-credential-openshift:')))];
  if (done) return [...helper.map(indent), `  ${styleText('green', '✓ pulled')}`];
  const error = all.findLast((line) => !helper.includes(line)) ?? 'no reason was given';
  // skopeo wraps its errors in a log line.
  const reason = /msg="(.*)"$/.exec(error)?.[1] ?? error;
  return [
    ...helper.map(indent),
    `  ${styleText('red', '✗')} ${reason.replace(/^(?:Error: |initializing source \S+: )+/, '')}`,
  ];
}

function indent(line: string): string {
  return `  ${line}`;
}

function lines(text: string): string[] {
  return text.split('\n').filter((line) => line.trim() !== '');
}
