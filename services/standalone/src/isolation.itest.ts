// Sessions of three tenants with the same ids, principals with the same names, events, and sharing and
// unsharing meanwhile, at random: no byte reaches a reader who may not have it. `VANA_ISOLATION=full` makes
// it 200 sessions, 20 principals and 10,000 events; `VANA_SEED` repeats a run.
import { randomInt } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { SessionKey } from '@vana/events';
import { eventually, sampleEvent } from '@vana/test-kit';
import { TenantWorld } from './spec/tenant-world.js';

const FULL = process.env['VANA_ISOLATION'] === 'full';
const SIZE = FULL
  ? { sessions: 200, principals: 20, events: 10_000, readers: 400 }
  : { sessions: 24, principals: 7, events: 800, readers: 60 };
const TENANTS = ['acme', 'beta', 'gamma'];
const SEED = Number(process.env['VANA_SEED'] ?? randomInt(2 ** 31));

/** mulberry32: a run can be repeated. */
function generator(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

interface Person {
  readonly tenant: string;
  readonly sub: string;
  readonly token: string;
}

interface Session extends SessionKey {
  readonly owner: Person;
  readonly readers: Set<Person>;
  /** Numbers of its events, in order. */
  readonly events: number[];
}

interface Reader {
  readonly person: Person;
  readonly session: Session;
  readonly received: number[];
  /** The first event that it may not have any more. */
  forbiddenFrom: number;
  ended: boolean;
  close(): void;
}

const world = new TenantWorld();
beforeAll(async () => {
  await world.start({ SSE_MAX_CONNECTIONS_PER_PRINCIPAL: '5000', SSE_MAX_QUEUE_SIZE: '2000' });
});
afterAll(() => world.stop());

describe(`isolation, seed ${SEED}`, () => {
  const random = generator(SEED);
  const pick = <T>(list: readonly T[]): T => list[random(list.length)]!;
  const violations: string[] = [];
  const readers = new Set<Reader>();
  const people: Person[] = [];
  const sessions: Session[] = [];
  let published = 0;

  async function openReader(person: Person, session: Session): Promise<Reader | undefined> {
    const may = session.owner === person || session.readers.has(person);
    const response = await world.open(`/api/stream/${session.sessionId}?replay=all`, { token: person.token });
    const stillMay = session.owner === person || session.readers.has(person);
    if (response.statusCode !== 200) {
      if (may && stillMay) violations.push(`${person.sub} was denied ${session.sessionId}: ${response.statusCode}`);
      response.destroy();
      return undefined;
    }
    // The same id may name a session of the reader's own tenant: then that one is what it reads.
    const reader: Reader = {
      ...{ person, session, received: [], forbiddenFrom: Infinity, ended: false },
      close: () => void response.destroy(),
    };
    let text = '';
    response.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      const whole = text.lastIndexOf('\n') + 1;
      for (const [, owner, number] of text.slice(0, whole).matchAll(/"secret of ([^"#]+)#(\d+)"/g)) {
        receive(reader, owner!, Number(number));
      }
      text = text.slice(whole);
    });
    response.on('close', () => (reader.ended = true));
    response.on('error', () => undefined);
    readers.add(reader);
    return reader;
  }

  function receive(reader: Reader, owner: string, number: number): void {
    const { person, session, received, forbiddenFrom } = reader;
    received.push(number);
    if (owner !== nameOf(session)) violations.push(`${person.tenant}/${person.sub} got #${number} of ${owner}`);
    if (number >= forbiddenFrom) violations.push(`${person.sub} got #${number} of ${owner} after it was unshared`);
  }

  const nameOf = ({ tenant, sessionId }: SessionKey): string => `${tenant}/${sessionId}`;

  async function publish(session: Session): Promise<void> {
    const number = published++;
    const data = { message: `secret of ${nameOf(session)}#${number}` };
    await world.bus.publisher.publish(session, sampleEvent(session, `event-${number}`, { data }));
    session.events.push(number);
  }

  async function changeSharing(session: Session, person: Person): Promise<void> {
    const share = !session.readers.has(person);
    const path = `/api/sessions/${session.sessionId}/readers/${person.sub}`;
    // Nothing is promised of what is published between the request and its answer: the steps are one at a time.
    const { status } = await world.ask(path, { method: share ? 'PUT' : 'DELETE', token: session.owner.token });
    expect(status).toBe(204);
    if (share) return void session.readers.add(person);
    session.readers.delete(person);
    for (const reader of readers) {
      if (reader.session === session && reader.person === person)
        reader.forbiddenFrom = Math.min(reader.forbiddenFrom, published);
    }
  }

  it('holds', async () => {
    for (let n = 0; n < SIZE.principals; n++) {
      const tenant = TENANTS[n % TENANTS.length]!;
      const sub = `p${Math.floor(n / TENANTS.length)}`;
      people.push({ tenant, sub, token: await world.token(sub, { tenant }) });
    }
    for (let n = 0; n < SIZE.sessions; n++) {
      const tenant = TENANTS[n % TENANTS.length]!;
      const owner = pick(people.filter((person) => person.tenant === tenant));
      const session: Session = {
        tenant,
        sessionId: `s${Math.floor(n / TENANTS.length)}`,
        owner,
        readers: new Set(),
        events: [],
      };
      const json = { session_id: session.sessionId };
      expect((await world.ask('/api/sessions', { method: 'POST', token: owner.token, json })).status).toBe(201);
      sessions.push(session);
      await openReader(owner, session);
    }
    const owners = [...readers];
    const ofTenant = (session: Session) =>
      people.filter(({ tenant, sub }) => tenant === session.tenant && sub !== session.owner.sub);

    while (published < SIZE.events) {
      const session = pick(sessions);
      const step = random(100);
      if (step < 70) await publish(session);
      else if (step < 85) await changeSharing(session, pick(ofTenant(session)));
      else if (readers.size < owners.length + SIZE.readers) await openReader(pick(ofTenant(session)), session);
      else {
        const [oldest] = [...readers].filter((reader) => !owners.includes(reader));
        oldest?.close();
        if (oldest) readers.delete(oldest);
      }
    }

    // Not empty-handed: whoever owns a session has had every event of it, in order, and nothing else.
    await eventually(() => owners.every(({ session, received }) => received.length >= session.events.length), 30_000);
    for (const { session, received } of owners) expect(received).toEqual(session.events);
    expect(violations).toEqual([]);
    // And whoever was unshared has been shown out.
    const cut = [...readers].filter(({ forbiddenFrom }) => forbiddenFrom < Infinity);
    expect(cut.length).toBeGreaterThan(0);
    await eventually(() => cut.every(({ ended }) => ended), 30_000);
    expect(violations).toEqual([]);
    for (const reader of readers) reader.close();
  }, 600_000);
});
