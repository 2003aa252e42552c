// Adaptive delivery: of kinds whose every event is the full state, a lagging reader gets the newest only.
import { formatPosition } from '@vana/events';
import type { FrameEncoder } from './ports/frame-encoder.js';
import type { LogEntry } from './ports/log-entry.js';
import type { StepEvent, StepShape } from './reader-step.js';

/** What an event is the full state of; `undefined` when it is not that kind. */
function stateOf({ event }: LogEntry): string | undefined {
  const { agentId, data, runId, type } = event;
  switch (type) {
    case 'research_progress':
      return `${type} ${runId ?? ''}`;
    case 'agent_network_update':
      return type;
    case 'agent_progress':
      return `${type} ${runId ?? ''} ${agentId ?? ''} ${typeof data['agentName'] === 'string' ? data['agentName'] : ''}`;
    default:
      return undefined;
  }
}

/** A survivor names in `data.supersedes` the range (from, to] in which it stands for the others of its state. */
export function stateCoalescer(epoch: string, encoder: FrameEncoder): StepShape {
  return (events) => {
    const states = new Map<string, { first: StepEvent; last: StepEvent }>();
    for (const event of events) {
      const state = stateOf(event.entry);
      if (state === undefined) continue;
      const known = states.get(state);
      if (known) known.last = event;
      else states.set(state, { first: event, last: event });
    }
    return events.flatMap((event) => {
      const known = states.get(stateOf(event.entry) ?? '');
      if (!known || known.first === known.last) return [event];
      return event === known.last ? [survivor(known.first, event, epoch, encoder)] : [];
    });
  };
}

function survivor(first: StepEvent, last: StepEvent, epoch: string, encoder: FrameEncoder): StepEvent {
  const { event, seq } = last.entry;
  const supersedes = { from: formatPosition(epoch, first.from), to: formatPosition(epoch, seq) };
  const entry: LogEntry = { ...last.entry, event: { ...event, data: { ...event.data, supersedes } } };
  return { from: last.from, entry, frame: encoder.encode(epoch, entry) };
}
