// Asks a question at a gateway that runs already (`npm run cluster` uses it). The token comes in VANA_TOKEN:
// a command line can be seen by everybody on the machine.
import { parseArgs } from 'node:util';
import { faultSentence } from '@vana/observability';
import { askAndTell, wentWell } from './demo/ask-and-tell.js';

const { values } = parseArgs({
  options: {
    gateway: { type: 'string', default: 'http://127.0.0.1:8080' },
    session: { type: 'string', default: '' },
    question: { type: 'string', default: '' },
    json: { type: 'boolean', default: false },
  },
});

try {
  const { gateway, session: sessionId, question: text, json } = values;
  const token = process.env['VANA_TOKEN'] ?? '';
  const answer = await askAndTell({ gateway, token, sessionId, text }, json, process.stdout);
  process.exitCode = wentWell(answer) ? 0 : 1;
} catch (error) {
  process.stderr.write(`${faultSentence(error) ?? (error as Error).message}\n`);
  process.exitCode = 1;
}
