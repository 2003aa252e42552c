// `npm start`: everything in one process, a question asked and answered, then an invitation to go on.
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { VanaError } from '@vana/events';
import { faultSentence, runService } from '@vana/observability';
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
let services: Standalone | undefined;

const options = optionsOrLeave();
await runService(NAME, async () => {
  services = await start(options);
  return { url: services.urls.gateway, close };
});
if (services !== undefined) await demonstrate(services, options).catch(tellFault);

function optionsOrLeave(): StandaloneOptions {
  try {
    const read = readOptions(process.argv.slice(2));
    if (read !== 'help') return read;
    process.stdout.write(USAGE);
    process.exit(0);
  } catch (error) {
    process.stderr.write(`${NAME}: ${faultSentence(error)}\n`);
    process.exit(1);
  }
}

async function start({ port, corpus = process.env['RESEARCH_CORPUS'] }: StandaloneOptions): Promise<Standalone> {
  const { LOG_LEVEL: logLevel = 'warn', JWT_SECRET: secret } = process.env;
  const documents = corpus === undefined ? { dir: PACKAGES, names: 'readme*' } : { dir: resolve(corpus) };
  const settings = { host: '127.0.0.1', port, corpus: documents, logLevel };
  try {
    return await startServices(secret === undefined ? settings : { ...settings, secret });
  } catch (error) {
    if (!(error instanceof VanaError) || error.code !== 'port_in_use') throw error;
    const taken = String(error.details?.['port']);
    process.stderr.write(`${NAME}: Port ${taken} is in use: choose others with --port N (0 takes free ones).\n`);
    process.exit(1);
  }
}

async function demonstrate(running: Standalone, { question, exit, json }: StandaloneOptions): Promise<void> {
  const { urls, secret, documents } = running;
  const sessionId = newSessionId();
  const token = await running.token(PRINCIPAL);
  const { gateway, orchestrator, broadcaster, monitoring } = urls;
  if (json) {
    const line = { gateways: [gateway], orchestrators: [orchestrator], broadcasters: [broadcaster], monitoring };
    process.stdout.write(`${JSON.stringify({ ready: true, ...line, documents, tokenSecret: secret })}\n`);
  } else {
    process.stdout.write(`Four services are up in this process, over ${documents} documents.\n`);
  }
  if (question !== undefined) {
    const asked = { gateway, token, sessionId, text: question, signal: stopping.signal };
    const answer = await askAndTell(asked, json, process.stdout);
    if (exit) await leave(wentWell(answer) ? 0 : 1);
  }
  if (!json) process.stdout.write(invitationText({ addresses: Object.entries(urls), gateway, token, sessionId }));
}

/** Trouble with the question leaves the services up, unless nothing else was wanted of them. */
async function tellFault(error: unknown): Promise<void> {
  // Stopped in the middle of it: what then fails is no fault.
  if (stopping.signal.aborted) return;
  process.stderr.write(`${NAME}: ${faultSentence(error) ?? String(error)}\n`);
  if (options.exit) await leave(1);
}

async function leave(exitCode: number): Promise<never> {
  await close();
  process.exit(exitCode);
}

async function close(): Promise<void> {
  stopping.abort();
  await Promise.race([services?.close(), sleep(CLOSE_PATIENCE_MS, undefined, { ref: false })]);
}
