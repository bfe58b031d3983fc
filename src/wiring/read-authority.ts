import { certificatesInPem } from '../cluster/connection.ts';
import { readRegularFile } from '../files/read-regular-file.ts';
import { AppError } from '../hosts/reason.ts';

const LARGEST_CA = 1024 * 1024;

/** @returns the certificates in a file that a person named. @throws AppError naming it, if it holds none to be used */
export async function readAuthority(path: string): Promise<string> {
  const text = await readRegularFile(path, LARGEST_CA);
  const certificates = certificatesInPem(text ?? '');
  if (certificates !== undefined) return certificates;
  const isPem = text?.includes('-----BEGIN CERTIFICATE-----') === true;
  const fault = isPem ? "holds a certificate that can't be read" : 'holds no certificate in PEM';
  throw new AppError({
    code: 'no-pem',
    message: `${path} ${text === undefined ? 'is not there' : fault}`,
    fix: { run: `ls -lL ${path}` },
  });
}
