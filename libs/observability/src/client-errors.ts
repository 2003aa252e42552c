// What never becomes a request: bytes that are no HTTP, headers that are too large, a client that takes too
// long to send them. Node tells of it on the socket; the answer is a JSON error as everywhere else.
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { VanaError, type ErrorCode } from '@vana/events';
import { codeOf } from './code-of.js';

const CODES: Readonly<Record<string, ErrorCode>> = {
  HPE_HEADER_OVERFLOW: 'headers_too_large',
  ERR_HTTP_REQUEST_TIMEOUT: 'request_timeout',
};

/** Fastify's `clientErrorHandler`. Whatever else the connection would bring is not read. */
export function answerClientError(error: Error, socket: Socket): void {
  if (codeOf(error) === 'ECONNRESET' || socket.destroyed) return void socket.destroy();
  const fault = new VanaError(CODES[codeOf(error) ?? ''] ?? 'malformed_request');
  const body = JSON.stringify(fault.toBody());
  // After an answer has begun these bytes would be part of it.
  if (!socket.writable || socket.bytesWritten > 0) return void socket.destroy();
  socket.end(
    `HTTP/1.1 ${fault.status} ${STATUS_CODES[fault.status]}\r\nContent-Type: application/json; charset=utf-8\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n${body}`,
    () => socket.destroy(),
  );
}
