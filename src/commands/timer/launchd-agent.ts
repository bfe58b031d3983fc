import { TIMER_NAME } from './timer-ports.ts';
import { xmlText } from './xml-text.ts';

/**
 * The launchd agent. Source: launchd.plist(5). It runs at login and every hour from then on, so that machines spread
 * by themselves; what a sleep made it miss is run once on wake.
 * @param command the words to start
 * @param variables the environment, without control characters
 * @param log where stderr goes; stdout says nothing that is needed later
 */
export function launchdAgent(
  command: readonly string[],
  variables: readonly (readonly [name: string, value: string])[],
  log: string | undefined,
): string {
  const string = (text: string) => `<string>${xmlText(text)}</string>`;
  const entry = (name: string, value: string) => `<key>${xmlText(name)}</key>${value}`;
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">',
    '<plist version="1.0">',
    '<dict>',
    `  ${entry('Label', string(TIMER_NAME))}`,
    '  <key>ProgramArguments</key>',
    '  <array>',
    ...command.map((word) => `    ${string(word)}`),
    '  </array>',
    '  <key>EnvironmentVariables</key>',
    '  <dict>',
    ...variables.map(([name, value]) => `    ${entry(name, string(value))}`),
    '  </dict>',
    `  ${entry('StartInterval', '<integer>3600</integer>')}`,
    `  ${entry('RunAtLoad', '<true/>')}`,
    `  ${entry('ProcessType', string('Background'))}`,
    `  ${entry('Umask', '<integer>63</integer>')}`,
    ...(log === undefined ? [] : [`  ${entry('StandardErrorPath', string(log))}`]),
    '</dict>',
    '</plist>',
  ];
  return `${lines.join('\n')}\n`;
}

/** What a line of the agent sets, for a person. */
export function nameOfAgentLine(line: string): string {
  if (line.startsWith('    <string>')) return "the helper's path";
  return /^ {4}<key>(\w+)</.exec(line)?.[1] ?? 'the settings';
}
