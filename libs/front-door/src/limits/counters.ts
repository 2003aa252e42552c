// Port: how often something has happened in the present window. A window begins with its first event.

export interface Count {
  /** In this window, this event included. */
  readonly hits: number;
  /** Until the window ends. */
  readonly resetMs: number;
}

export interface Counters {
  /** Counts one event. Never rejects: a limit that cannot be looked up must not shut anybody out. */
  hit(key: string, windowMs: number): Promise<Count>;
}
