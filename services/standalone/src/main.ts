// `npm start`: everything in one process, a question asked and answered, then an invitation to go on.
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { faultSentence, runService, type LogLevel } from '@vana/observability';
import { askAndTell, wentWell } from './demo/ask-and-tell.js';
import { newSessionId } from './demo/session-id.js';
import { invitationText } from './demo/tell.js';
import { readOptions, USAGE, type StandaloneOptions } from './options.js';
import { startServices, type Standalone } from './start-services.js';

const NAME = 'vana-stream';
const PRINCIPAL = 'me';
/** Ctrl-C must not feel stuck; nothing outlives this process anyway. */
const CLOSE_PATIENCE_MS = 1_500;
const PACKAGES = fileURLToPath(new URL('../../../node_modules', import.meta.url));

const stopping = new AbortController();
let options: StandaloneOptions | 'help' | undefined;
let services: Standalone | undefined;

await runService(NAME, async () => {
  options = readOptions(process.argv.slice(2));
  if (options === 'help') return leave(USAGE, 0);
  services = await startServices({
    host: '127.0.0.1',
    port: options.port,
    corpus: corpusOf(options),
    logLevel: (process.env['LOG_LEVEL'] ?? 'warn') as LogLevel,
    ...(process.env['JWT_SECRET'] === undefined ? {} : { secret: process.env['JWT_SECRET'] }),
  });
  return { url: services.urls.gateway, close };
});

if (services !== undefined && options !== undefined && options !== 'help') {
  try {
    await demonstrate(services, options);
  } catch (error) {
    if (!stopping.signal.aborted) {
      process.stderr.write(`${NAME}: ${faultSentence(error) ?? (error as Error).stack}\n`);
      if (options.exit) {
        await close();
        process.exit(1);
      }
    }
  }
}

async function demonstrate(
  { urls, secret, token, documents }: Standalone,
  { question, exit, json }: StandaloneOptions,
) {
  const sessionId = newSessionId();
  const bearer = await token(PRINCIPAL);
  const { gateway } = urls;
  if (json) {
    const { orchestrator, broadcaster, monitoring } = urls;
    const line = { gateways: [gateway], orchestrators: [orchestrator], broadcasters: [broadcaster], monitoring };
    process.stdout.write(`${JSON.stringify({ ready: true, ...line, documents, tokenSecret: secret })}\n`);
  } else {
    process.stdout.write(`Four services are up in this process, over ${documents} documents.\n`);
  }
  if (question !== undefined) {
    const asked = { gateway, token: bearer, sessionId, text: question, signal: stopping.signal };
    const answer = await askAndTell(asked, json, process.stdout);
    if (exit) {
      await close();
      process.exit(wentWell(answer) ? 0 : 1);
    }
  }
  if (!json) {
    process.stdout.write(invitationText({ addresses: Object.entries(urls), gateway, token: bearer, sessionId }));
  }
}

function corpusOf({ corpus = process.env['RESEARCH_CORPUS'] }: StandaloneOptions) {
  return corpus === undefined ? { dir: PACKAGES, names: 'readme*' } : { dir: resolve(corpus) };
}

async function close(): Promise<void> {
  stopping.abort();
  await Promise.race([services?.close(), sleep(CLOSE_PATIENCE_MS, undefined, { ref: false })]);
}

function leave(text: string, exitCode: number): never {
  process.stdout.write(text);
  process.exit(exitCode);
}
