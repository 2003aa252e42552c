// Events and control blocks in JSON answers: the same id, name and data as in an SSE frame.
import { formatPosition, type BlockBody, type ControlBlock } from '@vana/events';
import { wireData } from '@vana/sse-wire';
import type { LogEntry } from '@vana/stream-core';

export function eventBlock(epoch: string, { seq, event }: LogEntry): BlockBody {
  return { id: formatPosition(epoch, seq), event: event.type, data: wireData(event) };
}

export function controlBlock({ position, type, data }: ControlBlock): BlockBody {
  return { id: position, event: type, data };
}
