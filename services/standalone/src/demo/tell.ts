// The sentences of `npm start` and `npm run cluster` for people.
import type { Answer } from './ask-question.js';
import { streamUrl } from './ask-question.js';

export function reportText({ report, sources, status, reason, events, seconds, runId }: Answer): string {
  const title = `── Report ${'─'.repeat(60)}`;
  const cited = sources.map(({ shortId, title: name, url }) => `  [${shortId}] ${name} · ${url}`);
  return [
    '',
    ...(report === '' ? [] : [title, '', report.trim(), '']),
    // A report names its sources itself; a run that was cut short found some and has no report.
    ...(cited.length === 0 || report !== '' ? [] : ['Sources found', ...cited, '']),
    '─'.repeat(title.length),
    `Run ${runId} ${status}${reason === undefined ? '' : ` (${reason})`}: ` +
      `${events} events, ${sources.length} sources, ${seconds.toFixed(1)} s.`,
    '',
    '',
  ].join('\n');
}

export interface Invitation {
  /** Name and base URL of everything that listens, the gateway first. */
  readonly addresses: readonly (readonly [name: string, url: string])[];
  readonly gateway: string;
  readonly token: string;
  readonly sessionId: string;
}

export function invitationText({ addresses, gateway, token, sessionId }: Invitation): string {
  const width = Math.max(...addresses.map(([name]) => name.length));
  return [
    'Listening:',
    ...addresses.map(([name, url]) => `  ${name.padEnd(width)}  ${url}`),
    '',
    'A development token (valid for a day):',
    `  TOKEN=${token}`,
    '',
    'With it, follow the session (all of it is replayed, then live):',
    `  curl -N -H "Authorization: Bearer $TOKEN" '${streamUrl(gateway, sessionId)}'`,
    '',
    'and ask it another question:',
    `  curl -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' ` +
      `-d '{"query":"How do retries with exponential backoff and timeouts work?"}' ${gateway}/api/run_sse/${sessionId}`,
    '',
    'Ctrl-C stops everything.',
    '',
  ].join('\n');
}
