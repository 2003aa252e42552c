// The feeds' encoder: an entry as an SSE frame, built once and shared by all readers.
import { formatPosition } from '@vana/events';
import { encodeEvent } from '@vana/sse-wire';
import type { FrameEncoder } from '@vana/stream-core';

export const SSE_FRAME_ENCODER: FrameEncoder = {
  encode: (epoch, { seq, event }) => encodeEvent(formatPosition(epoch, seq), event),
};
