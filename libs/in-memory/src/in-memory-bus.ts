// The embedded bus: event log and publisher over one shared state. It behaves as JetStream does where
// readers can tell: one sequence for all sessions, a chain per session, dedupe by event id, retention.
import { VanaError, encodeStoredEvent, sessionKeyString, type SessionKey, type StoredEvent } from '@vana/events';
import type {
  EventEraser,
  EventLog,
  EventPublisher,
  LiveSubscription,
  LogEntry,
  PublishAck,
  RunClaim,
} from '@vana/stream-core';
import { randomInt } from 'node:crypto';

export interface InMemoryBusOptions {
  /** Default: a new one per bus, since nothing outlives the process. */
  readonly epoch?: string;
  /** Milliseconds since 1970; default the machine's clock. */
  readonly now?: () => number;
  /** Older events of a session are dropped, which readers see as a gap. Default 100,000. */
  readonly maxEventsPerSession?: number;
  /** Age at which events are dropped. Default 24 h. */
  readonly maxAgeMs?: number;
  /** How long an event id is remembered for dedupe. Default 2 min. */
  readonly duplicateWindowMs?: number;
  /** When each live copy is delivered, if at all: `deliver` may be called late, twice or never. Default setImmediate. */
  readonly live?: (deliver: () => void, session: SessionKey, entry: LogEntry) => void;
  /** The same for tails. */
  readonly tails?: (deliver: () => void, session: SessionKey, seq: number) => void;
  readonly onListenerError?: (error: unknown) => void;
}

interface SessionState {
  readonly entries: LogEntry[];
  readonly seqById: Map<string, { seq: number; storedAtMs: number }>;
  readonly claims: WeakMap<LogEntry, RunClaim>;
}

type LiveListener = (entry: LogEntry) => void;
type TailListener = (session: SessionKey, seq: number) => void;

const newEpoch = (): string => randomInt(36 ** 5, 36 ** 6).toString(36);
const later = (deliver: () => void): void => void setImmediate(deliver);

export class InMemoryBus {
  readonly log: EventLog;
  readonly publisher: EventPublisher & EventEraser;
  /** Sessions with events, the one that was silent longest first. */
  readonly #sessions = new Map<string, SessionState>();
  #epoch: string;
  #seq = 0;
  readonly #options: Required<Omit<InMemoryBusOptions, 'epoch'>>;
  readonly #liveListeners = new Map<string, Set<LiveListener>>();
  readonly #tailListeners = new Set<TailListener>();
  readonly #epochListeners = new Set<(epoch: string) => void>();

  constructor(options: InMemoryBusOptions = {}) {
    this.#epoch = options.epoch ?? newEpoch();
    this.#options = {
      now: options.now ?? Date.now,
      maxEventsPerSession: options.maxEventsPerSession ?? 100_000,
      maxAgeMs: options.maxAgeMs ?? 24 * 3_600_000,
      duplicateWindowMs: options.duplicateWindowMs ?? 120_000,
      live: options.live ?? later,
      tails: options.tails ?? later,
      onListenerError: options.onListenerError ?? (() => undefined),
    };
    const epoch = (): string => this.#epoch;
    this.log = {
      get epoch() {
        return epoch();
      },
      onEpochChange: (listener) => subscribeTo(this.#epochListeners, listener),
      subscribe: async (session, listener) => this.#subscribe(session, listener),
      read: async (session, after, limit) => this.#read(session, after, limit),
      readBackward: async (session, before, limit) => this.#readBackward(session, before, limit),
      lastSeq: async (session) => this.#retained(session).at(-1)?.seq ?? 0,
      onTail: (listener) => subscribeTo(this.#tailListeners, listener),
    };
    this.publisher = {
      publish: async (session, event, claim) => this.#publish(session, event, claim),
      erase: async (session) => void this.#sessions.get(sessionKeyString(session))?.entries.splice(0),
    };
  }

  /** Starts a new life, as a deleted and re-created bus stream does: no events, sequences from 1, another epoch. */
  recreate(epoch = newEpoch()): void {
    this.#sessions.clear();
    this.#seq = 0;
    this.#epoch = epoch;
    for (const listener of this.#epochListeners) this.#guard(() => listener(epoch));
  }

  #publish(session: SessionKey, event: StoredEvent, claim: RunClaim | undefined): PublishAck {
    const bytes = encodeStoredEvent(session, event);
    const nowMs = this.#options.now();
    this.#expire(nowMs);
    const state = this.#state(session);
    this.#forgetIds(state, nowMs);
    const known = state.seqById.get(event.id);
    if (known) return { epoch: this.#epoch, seq: known.seq, duplicate: true };

    if (claim && isFenced(state, claim)) throw new VanaError('publish_fenced');
    dropOld(state.entries, nowMs - this.#options.maxAgeMs);
    const prev = state.entries.at(-1)?.seq ?? 0;
    // Decoded again from its bytes: nobody can change a stored event through the object that was published.
    const stored = JSON.parse(new TextDecoder().decode(bytes)) as StoredEvent;
    const entry: LogEntry = { seq: ++this.#seq, prev, storedAtMs: nowMs, event: stored };
    state.entries.push(entry);
    if (claim) state.claims.set(entry, claim);
    const excess = state.entries.length - this.#options.maxEventsPerSession;
    if (excess > 0) state.entries.splice(0, excess);
    state.seqById.set(event.id, { seq: entry.seq, storedAtMs: nowMs });
    this.#deliver(session, entry);
    return { epoch: this.#epoch, seq: entry.seq, duplicate: false };
  }

  #deliver(session: SessionKey, entry: LogEntry): void {
    const listeners = this.#liveListeners.get(sessionKeyString(session));
    if (listeners) {
      const deliver = (): void => {
        for (const listener of listeners) this.#guard(() => listener(entry));
      };
      this.#options.live(deliver, session, entry);
    }
    if (this.#tailListeners.size > 0) {
      const deliver = (): void => {
        for (const listener of this.#tailListeners) this.#guard(() => listener(session, entry.seq));
      };
      this.#options.tails(deliver, session, entry.seq);
    }
  }

  #subscribe(session: SessionKey, listener: LiveListener): LiveSubscription {
    const key = sessionKeyString(session);
    const listeners = this.#liveListeners.get(key) ?? new Set();
    this.#liveListeners.set(key, listeners);
    // Wrapped, so that the same function may be subscribed twice and each be closed by itself.
    const own: LiveListener = (entry) => listener(entry);
    listeners.add(own);
    return {
      close: () => {
        listeners.delete(own);
        if (listeners.size === 0 && this.#liveListeners.get(key) === listeners) this.#liveListeners.delete(key);
      },
    };
  }

  #read(session: SessionKey, after: number, limit: number): LogEntry[] {
    const entries = this.#retained(session);
    const start = lowerBound(entries, after + 1);
    return entries.slice(start, start + limit);
  }

  #readBackward(session: SessionKey, before: number, limit: number): LogEntry[] {
    const entries = this.#retained(session);
    const end = lowerBound(entries, before);
    return entries.slice(Math.max(0, end - limit), end);
  }

  #retained(session: SessionKey): readonly LogEntry[] {
    const entries = this.#sessions.get(sessionKeyString(session))?.entries ?? [];
    dropOld(entries, this.#options.now() - this.#options.maxAgeMs);
    return entries;
  }

  /** The session's state, moved to the end of the map: the order of last use. */
  #state(session: SessionKey): SessionState {
    const key = sessionKeyString(session);
    const state = this.#sessions.get(key) ?? { entries: [], seqById: new Map(), claims: new WeakMap() };
    this.#sessions.delete(key);
    this.#sessions.set(key, state);
    return state;
  }

  #forgetIds(state: SessionState, nowMs: number): void {
    for (const [id, { storedAtMs }] of state.seqById) {
      if (nowMs - storedAtMs < this.#options.duplicateWindowMs) return;
      state.seqById.delete(id);
    }
  }

  /** Drops sessions whose last event is too old; only the longest silent ones are looked at. */
  #expire(nowMs: number): void {
    for (const [key, state] of this.#sessions) {
      const last = state.entries.at(-1);
      if (last && nowMs - last.storedAtMs < this.#options.maxAgeMs) return;
      this.#sessions.delete(key);
    }
  }

  #guard(call: () => void): void {
    try {
      call();
    } catch (error) {
      this.#options.onListenerError(error);
    }
  }
}

/** Somebody else has opened a claim on the run meanwhile. */
function isFenced({ entries, claims }: SessionState, { runId, token, since }: RunClaim): boolean {
  if (since === 'open') return false;
  const later = entries.slice(lowerBound(entries, since + 1)).map((entry) => claims.get(entry));
  return later.some((other) => other?.runId === runId && other.token !== token);
}

function subscribeTo<T>(listeners: Set<T>, listener: T): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/** Index of the first entry whose seq is at least `seq`. */
function lowerBound(entries: readonly LogEntry[], seq: number): number {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (entries[middle]!.seq < seq) low = middle + 1;
    else high = middle;
  }
  return low;
}

function dropOld(entries: LogEntry[], notAfterMs: number): void {
  let count = 0;
  while (count < entries.length && entries[count]!.storedAtMs <= notAfterMs) count++;
  if (count > 0) entries.splice(0, count);
}
