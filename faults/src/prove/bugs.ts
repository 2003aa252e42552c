// The bugs that are planted, one at a time, into a copy of the built files. The text to replace must be there
// exactly once: a refactoring that moves it makes the proof fail loudly, not silently prove nothing.

export interface PlantedBug {
  readonly name: string;
  /** What is wrong with the copy. */
  readonly what: string;
  /** Below the copy's root. */
  readonly file: string;
  readonly from: string;
  readonly to: string;
  /** Where it must be found. */
  readonly classes: string;
  readonly injections: number;
}

const CORE = 'libs/stream-core/dist';
const BUS = 'libs/event-bus-nats/dist';

export const PLANTED_BUGS: readonly PlantedBug[] = [
  {
    name: 'no-heal',
    what: 'the live end never reads the log for what it has missed',
    file: `${CORE}/live-end.js`,
    from: 'const entries = await log.read(session, ring.last, limits.pageSize);',
    to: 'const entries = [];',
    classes: 'paused-broadcaster',
    injections: 5,
  },
  {
    name: 'no-tails',
    what: 'nobody is told of stored events whose live copy was lost',
    file: `${BUS}/nats-event-log.js`,
    from: 'return this.#tails.listen(listener);',
    to: 'return () => undefined;',
    classes: 'paused-broadcaster,nats-restart',
    injections: 8,
  },
  {
    name: 'sequence-only',
    what: 'an event with a higher sequence is emitted, whatever it names as the one before it',
    file: `${CORE}/join.js`,
    from: 'if (entry.prev === position)',
    to: 'if (entry.seq > position)',
    classes: 'paused-broadcaster,two-writers',
    injections: 5,
  },
  {
    name: 'history-with-holes',
    what: 'Redis takes an entry that does not follow its tail',
    file: 'libs/event-history-redis/dist/scripts/append-script.js',
    from: 'if tail and prev ~= tail then',
    to: 'if false then',
    classes: 'redis-trouble,paused-broadcaster',
    injections: 8,
  },
  {
    name: 'acknowledged-before-stored',
    what: 'a publish without an answer counts as stored',
    file: `${BUS}/nats-event-publisher.js`,
    from: `if (failure === 'timeout')
                    mayBeStored = true;`,
    to: `if (failure === 'timeout' || failure === 'refused')
                    return { epoch: this.#epoch.current, seq: lane.tail + 1, duplicate: false };`,
    classes: 'nats-restart,nats-pause',
    injections: 5,
  },
  {
    name: 'id-without-session',
    what: 'the dedupe id is the event id alone, though it is unique in its session only',
    file: `${BUS}/nats-event-publisher.js`,
    from: 'messageId: `${session.tenant}:${session.sessionId}:${event.id}`',
    to: 'messageId: event.id',
    classes: 'gateway-kill',
    injections: 1,
  },
  {
    name: 'no-claim',
    what: 'who takes over a run leaves no claim: its former owner goes on writing',
    file: `${BUS}/nats-event-publisher.js`,
    from: "throw new VanaError('publish_fenced');",
    to: 'break;',
    classes: 'orchestrator-kill',
    injections: 8,
  },
  {
    name: 'merged-id-at-first-chunk',
    what: 'a merged block carries the id of its first chunk',
    file: `${CORE}/merge-chunks.js`,
    from: 'const seq = index === blocks.length - 1 ? to : from;',
    to: 'const seq = run[0].entry.seq;',
    classes: 'herd',
    injections: 3,
  },
];
