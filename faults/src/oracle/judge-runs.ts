// Runs of the orchestrators against the stream: one start, numbered events without a hole, one end, nothing after it.
import type { Stored } from './stored.js';
import type { Findings } from './verdicts.js';

interface RunEvent {
  readonly type: string;
  readonly runId?: string;
  readonly id: string;
}

/** @param started ids of the runs that were accepted (202) */
export function judgeRuns(
  session: string,
  stored: readonly Stored[],
  started: readonly string[],
  findings: Findings,
): void {
  const events = stored.map(({ body }) => JSON.parse(body) as RunEvent);
  for (const runId of started) {
    const own = events.filter((event) => event.runId === runId);
    const ends = own.filter(({ type }) => type === 'research_complete').length;
    const numbers = own.flatMap(({ id }) => /:(\d+)$/.exec(id)?.[1] ?? []).map(Number);
    const bad = (detail: string): void => findings.add('bad_run', `${session}: run ${runId} ${detail}`);
    if (ends !== 1) bad(`has ${ends} ends`);
    else if (own.at(-1)!.type !== 'research_complete')
      bad(`goes on after its end with ${own.at(-1)!.type} ${own.at(-1)!.id}`);
    if (numbers.some((number, index) => number !== index + 1)) bad(`has numbers ${numbers.slice(0, 20).join(' ')}`);
  }
}
