// A bare socket: HTTP/1.1 by hand and an SSE parser of our own, so that no library can hide or mend anything.
// It can stop reading, and it can be slow.
import { connect } from 'node:net';
import { BodyDecoder } from './body-decoder.js';
import { FrameParser } from './frame-parser.js';
import { addressOf, type Connect } from './sse-target.js';

export const rawConnection: Connect = (target, position, listener) => {
  const url = addressOf(target);
  let over = false;
  const end: typeof listener.ended = (how) => {
    if (!over) listener.ended(how);
    over = true;
    socket.destroy();
  };
  const socket = connect(Number(url.port), url.hostname, () => {
    const resume = position === undefined ? [] : [`Last-Event-ID: ${position}`];
    const lines = [
      `GET ${url.pathname}${url.search} HTTP/1.1`,
      `Host: ${url.host}`,
      `Authorization: Bearer ${target.token}`,
      'Accept: text/event-stream',
      ...resume,
    ];
    socket.write(`${lines.join('\r\n')}\r\n\r\n`);
  });
  const frames = new FrameParser({
    block: (type, id, data) => listener.block({ type, id, data, atMs: performance.now() }),
    retry: (ms) => listener.retry(ms),
  });
  const body = new BodyDecoder({
    refused: (status) => end({ refused: status }),
    bytes: (bytes) => frames.feed(bytes),
    ended: () => end('ended'),
  });
  socket.on('data', (chunk: Buffer) => {
    if (!over) body.feed(chunk);
  });
  socket.on('error', () => end('broken'));
  socket.on('close', () => end('broken'));
  return {
    close: () => {
      over = true;
      socket.destroy();
    },
    stall: (stalled) => void (stalled ? socket.pause() : socket.resume()),
  };
};
