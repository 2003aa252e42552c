import { beforeEach, describe, expect, it } from '@jest/globals';
import { FakeClock } from '@vana/test-kit';
import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import { UnackedPeers } from './unacked-peers.js';

class FakeSocket extends EventEmitter {
  readonly localAddress = '10.0.0.1';
  readonly localPort = 8082;
  readonly remotePort = 54_000;
  keepAlive: unknown[] = [];
  destroyed = false;

  constructor(readonly remoteAddress: string) {
    super();
  }
  setKeepAlive(...args: unknown[]): void {
    this.keepAlive = args;
  }
  destroy(): void {
    this.destroyed = true;
    this.emit('close');
  }
}

describe('UnackedPeers', () => {
  let clock: FakeClock;
  let unanswered: Record<string, number>;
  let peers: UnackedPeers;
  let vanished: string[];

  beforeEach(() => {
    clock = new FakeClock();
    unanswered = {};
    vanished = [];
    peers = new UnackedPeers(clock, async () => [`head\n${Object.entries(unanswered).map(line).join('')}`, '']);
  });

  function watched(remoteAddress: string): FakeSocket {
    const socket = new FakeSocket(remoteAddress);
    peers.watch(socket as unknown as Socket, () => vanished.push(remoteAddress));
    return socket;
  }

  it('cuts a peer off that answers nothing, and no other', async () => {
    const [gone, lively] = [watched('10.0.0.2'), watched('10.0.0.3')];
    expect(gone.keepAlive).toEqual([true, 10_000]);
    await clock.advance(60_000);
    for (let at = 0; at < 4; at++) {
      // Foreign sockets are none of its business.
      unanswered = { '10.0.0.2': at + 1, '10.0.0.9': 9 };
      await clock.advance(3_000);
    }
    expect([gone.destroyed, lively.destroyed]).toEqual([true, false]);
    expect(vanished).toEqual(['10.0.0.2']);
  });

  it('bears a peer that answers again in between', async () => {
    const socket = watched('10.0.0.2');
    for (const count of [3, 4, 5, 2, 3, 4]) {
      unanswered = { '10.0.0.2': count };
      await clock.advance(3_000);
    }
    unanswered = {};
    await clock.advance(3_000);
    unanswered = { '10.0.0.2': 4 };
    await clock.advance(3_000);
    expect(socket.destroyed).toBe(false);
  });

  it('bears a slow path, where retransmissions are rare', async () => {
    const socket = watched('10.0.0.2');
    unanswered = { '10.0.0.2': 2 };
    await clock.advance(30_000);
    expect(socket.destroyed).toBe(false);
    unanswered = { '10.0.0.2': 3 };
    await clock.advance(3_000);
    expect(socket.destroyed).toBe(true);
  });

  it('looks no more when nobody is connected, and again when somebody is', async () => {
    const socket = watched('10.0.0.2');
    socket.destroy();
    await clock.advance(3_000);
    expect(clock.scheduled).toBe(0);
    const next = watched('10.0.0.2');
    unanswered = { '10.0.0.2': 8 };
    await clock.advance(12_000);
    expect(next.destroyed).toBe(true);
  });

  it('goes on where there are no tables', async () => {
    const blind = new UnackedPeers(clock, () => Promise.reject(new Error('no such file')));
    const socket = new FakeSocket('10.0.0.2');
    blind.watch(socket as unknown as Socket, () => undefined);
    await clock.advance(60_000);
    expect(socket.destroyed).toBe(false);
    expect(clock.scheduled).toBe(1);
  });
});

function line([address, count]: [string, number]): string {
  const remote = address
    .split('.')
    .reverse()
    .map((part) => Number(part).toString(16).padStart(2, '0').toUpperCase())
    .join('');
  const retransmits = count.toString(16).padStart(8, '0').toUpperCase();
  return `   0: 0100000A:1F92 ${remote}:D2F0 01 00000001:00000000 01:00000A3F ${retransmits}     0        0 1 2 0 20\n`;
}
