// What the stores tell of trouble that costs no caller its answer; metrics and logs are made from it.

export interface StoreObserver {
  /** The cache could not be read or written; the truth served instead. May come once per call while Redis is down. */
  cacheFailed?(operation: 'read' | 'write', error: unknown): void;
  /** A listener of `onChange` threw. */
  listenerFailed?(error: unknown): void;
  /** A record in the bucket is not what this version can read; `key` is its key. */
  unreadableRecord?(key: string): void;
  /** The watch of changes broke off; it is taken up again where it was. */
  watchInterrupted?(error: unknown): void;
}
