// Linux's tables of TCP sockets (/proc/net/tcp, /proc/net/tcp6): the ones whose peer owes an answer.
// Columns: see Documentation/networking/proc_net_tcp.rst of the kernel.
import { SocketAddress } from 'node:net';
import { endianness } from 'node:os';

export interface UnansweredSocket {
  /** See `socketKey`. */
  readonly key: string;
  /** Retransmissions and probes that the peer has not answered: the kernel sets both to 0 when it does. */
  readonly unanswered: number;
}

interface SocketEnds {
  readonly localAddress?: string | undefined;
  readonly localPort?: number | undefined;
  readonly remoteAddress?: string | undefined;
  readonly remotePort?: number | undefined;
}

/** Identifies a connection in the tables and in the process. */
export function socketKey({ localAddress, localPort, remoteAddress, remotePort }: SocketEnds): string {
  return `${withoutZone(localAddress)} ${localPort} ${withoutZone(remoteAddress)} ${remotePort}`;
}

const HEX_V4 = 8;
const HEX_V6 = 32;
const swapsBytes = endianness() === 'LE';

/** All of them in one table's text; lines of another form are passed over. */
export function unansweredSockets(table: string): UnansweredSocket[] {
  const found: UnansweredSocket[] = [];
  // Line by line at fixed places: a table may have tens of thousands of lines, of which few matter.
  for (let start = table.indexOf('\n') + 1; start > 0; start = table.indexOf('\n', start) + 1) {
    const local = table.indexOf(': ', start) + 2;
    if (local < 2) break;
    const colon = table.indexOf(':', local);
    const width = colon - local;
    if (width !== HEX_V4 && width !== HEX_V6) continue;
    // address:port address:port state sent:received timer:when retransmits uid probes
    const remote = local + width + 6;
    const timer = remote + width + 6 + 3 + 18;
    // Only where the system waits for an answer to what it has sent, or to a probe of a closed window.
    if (!table.startsWith('01:', timer) && !table.startsWith('04:', timer)) continue;
    const retransmits = Number.parseInt(table.slice(timer + 12, timer + 20), 16);
    const [, probes] = table
      .slice(timer + 20, timer + 48)
      .trim()
      .split(/ +/, 2);
    const unanswered = retransmits + Number(probes);
    if (!(unanswered > 0)) continue;
    const localEnd = endAt(table, local, width);
    const remoteEnd = endAt(table, remote, width);
    const key = socketKey({
      localAddress: localEnd.address,
      localPort: localEnd.port,
      remoteAddress: remoteEnd.address,
      remotePort: remoteEnd.port,
    });
    found.push({ key, unanswered });
  }
  return found;
}

function endAt(table: string, at: number, width: number): { address: string; port: number } {
  const address = addressOf(table.slice(at, at + width));
  return { address, port: Number.parseInt(table.slice(at + width + 1, at + width + 5), 16) };
}

/** Words of 32 bits, each in the machine's byte order. */
function addressOf(hex: string): string {
  const words = hex.match(/.{8}/g) ?? [];
  const bytes = words.map((word) => Buffer.from(word, 'hex')).map((word) => (swapsBytes ? word.reverse() : word));
  const all = Buffer.concat(bytes);
  if (hex.length === HEX_V4) return all.join('.');
  const groups = all.toString('hex').match(/.{4}/g) ?? [];
  // Node's own way to write it, as in `remoteAddress`.
  return new SocketAddress({ family: 'ipv6', address: groups.join(':') }).address;
}

function withoutZone(address: string | undefined): string | undefined {
  return address?.split('%', 1)[0];
}
