import type { AppError, Fix } from '../../../hosts/reason.ts';
import { type Finding, fixText } from '../finding.ts';

/** A directory of ours, and what it is for. */
export interface OwnDirectory {
  readonly path: string;
  readonly what: 'answers' | 'logins and sign-outs' | 'config';
  /** What keeps it from being used as it should, and what mends that. */
  readonly obstacle: { readonly message: string; readonly fix: Fix | undefined } | undefined;
}

export interface OwnDirectoriesPorts {
  ownDirectories(): Promise<readonly OwnDirectory[]>;
  /** What is stored for hosts, and does not count; no keychain is asked. */
  unusableLogins(): Promise<readonly { readonly host: string; readonly why: AppError }[]>;
}

const WHY: Record<OwnDirectory['what'], string> = {
  answers: 'No answer and no minted token is kept: each pull asks the cluster anew',
  'logins and sign-outs': 'No typed login is kept or answered from there, and no sign-out is kept',
  config: 'Whoever may change the config decides which cluster gets which token',
};

/** Our own directories, and the typed logins in them: whose they are, and who else may look into them or change them. */
export async function ownDirectories(ports: OwnDirectoriesPorts): Promise<readonly Finding[]> {
  const directories = await ports.ownDirectories();
  const closed = directories.flatMap(({ what, obstacle }): Finding[] => {
    if (obstacle === undefined) return [];
    return [{ status: 'problem', saw: obstacle.message, why: WHY[what], mend: fixText(obstacle.fix) }];
  });
  const unusable = (await ports.unusableLogins()).map(({ host, why }): Finding => {
    const lost = `Pulls from ${host} go on without it`;
    return { status: 'problem', host, saw: why.message, why: lost, mend: fixText(why.fix) };
  });
  const found = [...closed, ...unusable];
  return found.length > 0 ? found : [{ status: 'ok', saw: 'Our own directories are private' }];
}
