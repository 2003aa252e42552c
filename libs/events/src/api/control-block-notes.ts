// What each control block says, for the generated documents.
import type { ControlBlockType } from '../control-blocks.js';

export const CONTROL_BLOCK_NOTES: Readonly<Record<ControlBlockType, string>> = {
  agent_network_connection: 'First block of a stream: the verdict on the position that the client came with.',
  heartbeat: 'The stream is alive.',
  gap: 'The events of (from, to] can no longer be had. The block carries `to` as its position.',
  caught_up: 'Replay is over; what follows is live.',
  delivery: 'The way of delivery changes from here on.',
  closing: 'The server closes this connection; `reconnect` says whether to come back with the position.',
  end: 'The session was deleted or has expired: nothing will follow.',
  error: 'Trouble with this connection’s feed; a run’s trouble is the stored event of the same name.',
};
