import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { X509Certificate } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger } from '@vana/observability';
import { selfSignedPair, type PemPair } from '@vana/test-kit';
import { readKeyPair, watchKeyPair, type KeyPair } from './tls-files.js';

const LOOK_MS = 20;
let folder: string;
let files: { certFile: string; keyFile: string };
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vana-tls-'));
  files = { certFile: join(folder, 'tls.crt'), keyFile: join(folder, 'tls.key') };
});
afterEach(() => rm(folder, { recursive: true }));

const write = async ({ cert, key }: PemPair): Promise<void> => {
  await writeFile(files.certFile, cert);
  await writeFile(files.keyFile, key);
};
const problemOf = (key: string) =>
  expect.objectContaining({ code: 'settings_invalid', details: { keys: [expect.objectContaining({ key })] } });

describe('TLS files', () => {
  it('are read when they belong together', async () => {
    const pair = selfSignedPair();
    await write(pair);
    expect(String((await readKeyPair(files)).cert)).toBe(pair.cert);
    expect(new X509Certificate(pair.cert).checkHost('localhost')).toBe('localhost');
  });

  it('are refused by name when one is missing, is no PEM or belongs to another', async () => {
    await expect(readKeyPair(files)).rejects.toEqual(problemOf('TLS_CERT'));
    await write({ cert: selfSignedPair().cert, key: selfSignedPair().key });
    await expect(readKeyPair(files)).rejects.toEqual(problemOf('TLS_KEY'));
    await write({ cert: 'no', key: 'pem' });
    await expect(readKeyPair(files)).rejects.toEqual(problemOf('TLS_KEY'));
  });

  it('are read again when both have changed; a half-written pair is passed over', async () => {
    await write(selfSignedPair());
    const renewed: KeyPair[] = [];
    const more = Promise.withResolvers<void>();
    const refused = Promise.withResolvers<void>();
    const logger = createLogger('spec', 'warn', { write: () => refused.resolve() });
    const stop = watchKeyPair(
      files,
      (pair) => {
        renewed.push(pair);
        more.resolve();
      },
      logger,
      LOOK_MS,
    );
    const next = selfSignedPair();
    // Again and again: what is written before the first look is no change.
    const writing = setInterval(() => void writeFile(files.certFile, next.cert), 5 * LOOK_MS);
    await refused.promise;
    clearInterval(writing);
    expect(renewed).toEqual([]);
    await writeFile(files.keyFile, next.key);
    await more.promise;
    stop();
    expect(String(renewed[0]!.cert)).toBe(next.cert);
  });
});
