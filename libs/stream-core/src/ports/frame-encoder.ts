// Port: an entry's bytes on the wire. Called once per entry and pod; the bytes are shared by all readers.
import type { LogEntry } from './log-entry.js';

export interface FrameEncoder {
  /** @throws when the event cannot be written as a frame; the feed then announces a gap in its place */
  encode(epoch: string, entry: LogEntry): Uint8Array;
}
