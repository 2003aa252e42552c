// What a person at a terminal reads when a service cannot start: one sentence, no stack trace.
import { VanaError } from '@vana/events';

/** `undefined` for an unexpected error: that one deserves its stack. */
export function faultSentence(error: unknown): string | undefined {
  if (!(error instanceof VanaError)) return undefined;
  const facts = factsOf(error.details);
  return facts === '' ? error.message : `${error.message.replace(/\.$/, '')}: ${facts}.`;
}

function factsOf(details: Record<string, unknown> | undefined): string {
  if (details === undefined) return '';
  if (Array.isArray(details['keys'])) {
    return details['keys']
      .map((entry: { key: string; problem: string }) => `${entry.key} (${entry.problem})`)
      .join(', ');
  }
  return Object.entries(details)
    .map(([name, value]) => `${name} ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(', ');
}
