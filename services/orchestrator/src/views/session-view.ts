// What a session's stored events add up to: its conversation and its agents.
import type { LogEntry } from '@vana/stream-core';
import { Conversation } from './conversation.js';
import { MeasuredNetwork } from './measured-network.js';

export class SessionView {
  readonly conversation = new Conversation();
  readonly network = new MeasuredNetwork();

  /** In the session's order, each once. */
  apply(entry: LogEntry): void {
    this.conversation.apply(entry.event);
    this.network.apply(entry.event, entry.storedAtMs);
  }
}
