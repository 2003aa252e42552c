// A certificate and its key, read again when they change: short-lived certificates are renewed under a
// service that runs for months.
import { readFile } from 'node:fs/promises';
import { unwatchFile, watchFile } from 'node:fs';
import { createSecureContext, type SecureContextOptions } from 'node:tls';
import { VanaError } from '@vana/events';
import type { Logger } from '@vana/observability';
import type { TlsFiles } from '../settings.js';

/** Looked at by time stamp: secrets are mounted through links, of whose change no watcher tells. */
const LOOK_MS = 2_000;

export type KeyPair = Required<Pick<SecureContextOptions, 'cert' | 'key'>>;

/** @throws VanaError settings_invalid: a file cannot be read, or the two do not belong together */
export async function readKeyPair({ certFile, keyFile }: TlsFiles): Promise<KeyPair> {
  const cert = await readPem('TLS_CERT', certFile);
  const key = await readPem('TLS_KEY', keyFile);
  try {
    createSecureContext({ cert, key });
  } catch (cause) {
    throw invalid('TLS_KEY', 'is not the key of TLS_CERT', cause);
  }
  return { cert, key };
}

/** Calls `renew` with each new pair; a pair that is no use leaves the old one. Returns the function that stops. */
export function watchKeyPair(
  files: TlsFiles,
  renew: (pair: KeyPair) => void,
  logger: Logger,
  lookMs = LOOK_MS,
): () => void {
  const changed = (): void => {
    readKeyPair(files).then(
      (pair) => {
        renew(pair);
        logger.info('certificate renewed');
      },
      // One of the two may be written before the other: the next change reads both again.
      (error: unknown) => logger.warn({ err: error }, 'certificate not renewed'),
    );
  };
  const paths = [files.certFile, files.keyFile];
  for (const path of paths) watchFile(path, { interval: lookMs, persistent: false }, changed);
  return () => {
    for (const path of paths) unwatchFile(path, changed);
  };
}

async function readPem(key: string, path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw invalid(key, 'cannot be read', cause);
  }
}

function invalid(key: string, problem: string, cause: unknown): VanaError {
  return new VanaError('settings_invalid', { details: { keys: [{ key, problem }] }, cause });
}
