import { describe, expect, it } from '@jest/globals';
import { socketKey, unansweredSockets } from './tcp-table.js';

const HEAD =
  '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode                     ';
const HEAD6 =
  '  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode';
const table = (...lines: string[]) => `${lines.join('\n')}\n`;

describe('the tables of TCP sockets', () => {
  it('tell whose peers owe an answer', () => {
    const text = table(
      HEAD,
      '   0: 00000000:07E8 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1150 1 00000000357a5762 100 0 0 10 0',
      // Retransmitted five times.
      '   1: 0100000A:1F92 0200000A:D2F0 01 00001A2B:00000000 01:00000A3F 00000005     0        0 25821 2 0000000012345678 12800 4 31 1 7',
      // Just sent: nothing is overdue.
      '   2: 0100000A:1F92 0300000A:D2F2 01 00000050:00000000 01:00000010 00000000     0        0 25822 2 0000000012345679 20 4 31 10 -1',
      // Its window is closed; two probes are unanswered.
      '   3: 0100000A:1F92 0400000A:D2F4 01 0000F000:00000000 04:00000100 00000000  1000        2 25823 2 000000001234567a 400 4 31 10 -1',
      // Its window is closed, but it answers.
      '   4: 0100000A:1F92 0500000A:D2F6 01 0000F000:00000000 04:00000100 00000000     0        0 25824 2 000000001234567b 400 4 31 10 -1',
      // Over, and kept for stragglers.
      '   5: 0100007F:9897 0100007F:8814 06 00000000:00000000 03:00000692 00000000     0        0 0 3 00000000c5f02cf8',
      // An idle one: keep-alive sees to it.
      '10006: 0100000A:1F92 0600000A:D2F8 01 00000000:00000000 02:00000100 00000000     0        0 25825 2 000000001234567c 20 4 30 10 -1',
      '10007: 0100000A:1F92 0700000A:D2FA 01 00000001:00000000 01:00000A3F 0000000B     0        0 25826 2 000000001234567d 12800 4 31 1 7',
    );
    expect(unansweredSockets(text)).toEqual([
      { key: '10.0.0.1 8082 10.0.0.2 54000', unanswered: 5 },
      { key: '10.0.0.1 8082 10.0.0.4 54004', unanswered: 2 },
      { key: '10.0.0.1 8082 10.0.0.7 54010', unanswered: 11 },
    ]);
  });

  it('tell of IPv6 and of IPv4 on a socket of both', () => {
    const text = table(
      HEAD6,
      '   0: 000080FE000000003412000001000000:1F92 000080FE000000003412000002000000:D2F0 01 00000001:00000000 01:00000A3F 00000003     0        0 1 2 00 12800 4 31 1 7',
      '   1: 0000000000000000FFFF00000100000A:1F92 0000000000000000FFFF00000200000A:D2F0 01 00000001:00000000 01:00000A3F 00000004     0        0 1 2 00 12800 4 31 1 7',
    );
    // As Node writes the addresses of a socket.
    const linkLocal = { localAddress: 'fe80::1234:0:1%eth0', localPort: 8082, remotePort: 54_000 };
    const mapped = { localAddress: '::ffff:10.0.0.1', localPort: 8082, remotePort: 54_000 };
    expect(unansweredSockets(text)).toEqual([
      { key: socketKey({ ...linkLocal, remoteAddress: 'fe80::1234:0:2%eth0' }), unanswered: 3 },
      { key: socketKey({ ...mapped, remoteAddress: '::ffff:10.0.0.2' }), unanswered: 4 },
    ]);
  });

  it.each(['', HEAD, table(HEAD, 'something else'), table(HEAD, ': :'), table(HEAD, '0: 0100000A:1F92')])(
    'are not believed in another form: %j',
    (text) => {
      expect(unansweredSockets(text)).toEqual([]);
    },
  );
});
