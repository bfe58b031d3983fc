import { xmlText } from './xml-text.ts';

/**
 * The scheduled task of Windows. Source: [MS-TSCH] 2.5 and exported tasks (their order of elements). Without a UserId
 * it belongs to whoever registers it. No encoding is declared and all is ASCII: schtasks hands the text on as UTF-16
 * and fails with "unable to switch the encoding" where a declaration says otherwise.
 * @param script absolute path of the batch file
 * @param minute of the hour, 0 to 59
 */
export function windowsTask(script: string, minute: number): string {
  const lines = [
    '<?xml version="1.0"?>',
    '<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">',
    '  <RegistrationInfo>',
    '    <Description>Renews OpenShift registry logins hourly (docker-credential-openshift)</Description>',
    '  </RegistrationInfo>',
    '  <Triggers>',
    '    <TimeTrigger>',
    '      <Repetition>',
    '        <Interval>PT1H</Interval>',
    '        <StopAtDurationEnd>false</StopAtDurationEnd>',
    '      </Repetition>',
    `      <StartBoundary>2026-01-01T00:${String(minute).padStart(2, '0')}:00</StartBoundary>`,
    '      <Enabled>true</Enabled>',
    '      <RandomDelay>PT15M</RandomDelay>',
    '    </TimeTrigger>',
    '  </Triggers>',
    '  <Principals>',
    '    <Principal id="Author">',
    '      <LogonType>InteractiveToken</LogonType>',
    '      <RunLevel>LeastPrivilege</RunLevel>',
    '    </Principal>',
    '  </Principals>',
    '  <Settings>',
    '    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>',
    '    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>',
    '    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>',
    '    <StartWhenAvailable>true</StartWhenAvailable>',
    '    <Hidden>true</Hidden>',
    '    <ExecutionTimeLimit>PT5M</ExecutionTimeLimit>',
    '  </Settings>',
    '  <Actions Context="Author">',
    '    <Exec>',
    '      <Command>%SystemRoot%\\System32\\cmd.exe</Command>',
    // /s: the outer quotes are taken off and the rest is as it stands; /d: no AutoRun of the registry.
    `      <Arguments>${xmlText(`/d /s /c ""${script}""`)}</Arguments>`,
    '    </Exec>',
    '  </Actions>',
    '</Task>',
  ];
  return `${lines.join('\r\n')}\r\n`;
}
