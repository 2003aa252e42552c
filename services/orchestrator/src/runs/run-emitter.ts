// What an engine tells, on its way to the log: stored already? a token? one of many states? In this order.
import type { Clock } from '@vana/stream-core';
import type { EngineEvent } from '../engine/research-engine.js';
import { ChunkCoalescer } from './chunk-coalescer.js';
import type { Continuation } from './continuation.js';
import type { RunPublisher } from './run-publisher.js';
import { UpdateThrottle } from './update-throttle.js';

export class RunEmitter {
  readonly #continuation: Continuation;
  readonly #chunks: ChunkCoalescer;
  readonly #updates: UpdateThrottle;
  readonly #store: (event: EngineEvent) => Promise<void>;

  constructor(clock: Clock, publisher: RunPublisher, continuation: Continuation, signal: AbortSignal) {
    this.#continuation = continuation;
    this.#store = (event) => publisher.step(event, signal);
    this.#chunks = new ChunkCoalescer(clock, this.#store);
    this.#updates = new UpdateThrottle(clock, this.#store);
  }

  /** @throws as RunPublisher.step */
  async emit(told: EngineEvent): Promise<void> {
    const event = this.#continuation.fresh(told);
    if (event === undefined) return;
    if (event.type === 'message_chunk') return this.#chunks.add(event);
    if (event.type === 'agent_network_update') return this.#updates.add(event);
    // In call order, whether or not the engine waits for each.
    const before = this.#chunks.flush();
    const stored = this.#store(event);
    await Promise.all([before, stored]);
  }

  /** Forgets what is held back. */
  stop(): void {
    this.#chunks.stop();
    this.#updates.stop();
  }

  /** Stores what is still held back. */
  async flush(): Promise<void> {
    await this.#chunks.flush();
    await this.#updates.flush();
  }
}
