// The command line of `npm start`.
import { parseArgs } from 'node:util';
import { VanaError } from '@vana/events';

export interface StandaloneOptions {
  /** Asked at the start; the sample question unless told otherwise. `undefined`: nothing is asked. */
  readonly question: string | undefined;
  /** Folder of the documents. `undefined`: the README files of the installed packages. */
  readonly corpus: string | undefined;
  /** The gateway's port; the other services take the three after it. 0 takes free ones. */
  readonly port: number;
  /** End when the report has been printed. */
  readonly exit: boolean;
  /** One JSON line when ready (and one per report) instead of text for people. */
  readonly json: boolean;
}

export const SAMPLE_QUESTION = 'How does a client reconnect after a lost connection?';
export const USAGE = `npm start -- [--question "…"] [--corpus DIR] [--port N] [--exit] [--json]

  --question "…"  the question to ask (default: a sample question)
  --corpus DIR    folder with .md, .txt and .html files (default: README files of the installed packages)
  --port N        port of the gateway; the other services take the next three (default 8080, 0 = any free ones)
  --exit          end after the report instead of staying up
  --json          print JSON lines for programs; asks only what --question says
`;

const DEFAULT_PORT = 8080;
const LAST_PORT = 65_535;
const SERVICES = 4;

/** @returns 'help' when help was asked for. @throws VanaError `settings_invalid` naming the options */
export function readOptions(args: readonly string[]): StandaloneOptions | 'help' {
  const values = parse(args);
  if (values.help === true) return 'help';
  const json = values.json ?? false;
  const question = values.question ?? (json ? undefined : SAMPLE_QUESTION);
  if (question?.trim() === '') throw invalid('--question', 'must not be empty');
  const port = values.port === undefined ? DEFAULT_PORT : Number(values.port);
  if (values.port?.trim() === '' || !Number.isInteger(port) || port < 0 || port > LAST_PORT - SERVICES + 1) {
    throw invalid('--port', `must be a whole number from 0 to ${LAST_PORT - SERVICES + 1}`);
  }
  return { question, corpus: values.corpus, port, exit: values.exit ?? false, json };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        question: { type: 'string', short: 'q' },
        corpus: { type: 'string' },
        port: { type: 'string' },
        exit: { type: 'boolean' },
        json: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
  } catch (error) {
    // parseArgs says what is wrong in its first sentence; the rest is advice for programmers.
    const problem = error instanceof Error ? error.message.split('. ')[0]! : 'cannot be read';
    throw invalid('command line', problem);
  }
}

function invalid(key: string, problem: string): VanaError {
  return new VanaError('settings_invalid', { details: { keys: [{ key, problem }] } });
}
