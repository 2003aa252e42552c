import { beforeEach, describe, expect, it } from '@jest/globals';
import type { CloseReason, Principal } from '@vana/events';
import type { Reader } from '@vana/stream-core';
import { FakeClock } from '@vana/test-kit';
import { StreamReader } from './stream-reader.js';
import { SseConnection } from './sse-connection.js';

const MIB = 1024 * 1024;
const EMPTY_BATCH = { entries: [], bytes: Buffer.from('event: x\n\n') };

/** A peer whose socket is as full as the test says. */
class FakeConnection extends SseConnection {
  buffered = 0;
  taken = 0;
  free = true;
  readonly did: string[] = [];

  constructor() {
    super(undefined as never);
  }

  override get isOpen(): boolean {
    return true;
  }
  override get bufferedBytes(): number {
    return this.buffered;
  }
  override get takenBytes(): number {
    return this.taken;
  }
  override write(bytes: Uint8Array): boolean {
    this.did.push(Buffer.from(bytes).toString());
    return this.free;
  }
  override end(): void {
    this.did.push('end');
  }
  override destroy(): void {
    this.did.push('destroy');
  }
}

describe('StreamReader', () => {
  let clock: FakeClock;
  let connection: FakeConnection;
  let reader: StreamReader;
  let told: string[];

  beforeEach(() => {
    clock = new FakeClock();
    connection = new FakeConnection();
    told = [];
    const principal: Principal = { id: 'ada', tenant: 'acme', scopes: [] };
    reader = new StreamReader(connection, {
      session: { tenant: 'acme', sessionId: 's' },
      principal,
      route: 'stream',
      clientPosition: 'e-57',
      errorEvent: undefined,
      epoch: () => 'e',
      times: { heartbeatMs: 30_000, maxBufferedBytes: MIB, undrainedMs: 10_000 },
      clock,
      onClosed: (reason) => told.push(`closed ${reason}`),
    });
    const feedReader: Reader = {
      position: 'e-0',
      caughtUp: true,
      resume: () => told.push('resume'),
      heartbeat: () => told.push('heartbeat'),
      detach: () => told.push('detach'),
      closeWith: (reason: CloseReason) => {
        told.push(`closeWith ${reason}`);
        reader.finished(reason);
      },
    };
    reader.follow(feedReader);
  });

  const turnAfter = async (ms: number): Promise<void> => {
    await clock.advance(ms);
    reader.turn(clock.now());
  };

  it('closes a reader that has not drained for 10 s, and not one that has', async () => {
    connection.free = false;
    expect(reader.events(EMPTY_BATCH)).toBe(false);
    connection.buffered = 70_000;
    for (let second = 0; second < 9; second++) {
      connection.taken += 10;
      await turnAfter(1_000);
    }
    expect(told).toEqual([]);
    reader.drained();
    expect(told).toEqual(['resume']);
    expect(reader.events(EMPTY_BATCH)).toBe(false);
    for (let second = 0; second < 10; second++) {
      connection.taken += 10;
      await turnAfter(1_000);
    }
    expect(told).toEqual(['resume', 'closeWith slow_reader']);
    expect(connection.did.at(-1)).toBe('end');
    await turnAfter(1_000);
    expect(connection.did).not.toContain('destroy');
    await turnAfter(1_000);
    expect(connection.did.at(-1)).toBe('destroy');
    reader.gone();
    expect(told.slice(-2)).toEqual(['detach', 'closed slow_reader']);
  });

  it('closes a peer that takes nothing although its buffer is not full', async () => {
    connection.buffered = 100;
    await turnAfter(1_000);
    await turnAfter(9_000);
    expect(told).toEqual([]);
    connection.taken += 50;
    await turnAfter(500);
    await turnAfter(9_500);
    expect(told).toEqual([]);
    await turnAfter(500);
    expect(told).toEqual(['closeWith slow_reader']);
  });

  it('closes a reader with more than 1 MiB in its buffer at the next turn', async () => {
    connection.buffered = MIB;
    await turnAfter(1_000);
    expect(told).toEqual([]);
    connection.buffered = MIB + 1;
    await turnAfter(1_000);
    expect(told).toEqual(['closeWith slow_reader']);
  });

  it('sends comments, but none to a full socket', async () => {
    await turnAfter(15_000);
    expect(connection.did).toEqual([':\n\n']);
    await clock.advance(10_000);
    connection.free = false;
    reader.events(EMPTY_BATCH);
    await turnAfter(6_000);
    expect(told).toEqual(['heartbeat']);
    expect(connection.did.filter((text) => text.startsWith(':'))).toHaveLength(1);
  });

  it('does not overwrite the position of a client before the verdict on it', () => {
    const closing = { type: 'closing', position: 'e-0', data: { reason: 'drain', reconnect: true } } as const;
    reader.control(closing);
    const resume = { verdict: 'resumed', from: 'e-57', head: 'e-60' } as const;
    const connected = { status: 'connected', sessionId: 's', connectionId: 'c', authenticated: true } as const;
    const data = { ...connected, resume, timestamp: '2030-01-01T00:00:00.000Z' };
    reader.control({ type: 'agent_network_connection', position: 'e-57', data });
    reader.control({ ...closing, position: 'e-60' });
    const ids = connection.did.map((text) => /^id: (.*)$/m.exec(text)?.[1]);
    expect(ids).toEqual(['e-57', 'e-57', 'e-60']);
  });

  it('writes nothing more and reports once when the peer has left', () => {
    reader.gone();
    expect(told).toEqual(['detach', 'closed left']);
    reader.drained();
    expect(told).toEqual(['detach', 'closed left']);
  });
});
