// A reader that comes back: follows one session, compares each event with what was published, and notes how it
// was let go and how long it was away.
import { get } from 'node:http';

export class Reader {
  /** Positions of the events received. */
  received = [];
  gapsTold = 0;
  /** How connections ended: the reasons of `closing`, `cut` without one. */
  endings = [];
  /** Milliseconds from the end of a connection to the verdict on the next one; without the wait that was asked for. */
  gaps = [];
  works = [];
  closedAtMs;
  #position;
  #retryMs = 1_000;
  #askedAtMs = 0;
  #stopped = false;
  #request;
  #wake;

  /**
   * @param urls base addresses; the next one is taken after each ending
   */
  constructor(urls, path, headers) {
    Object.assign(this, { urls, path, headers });
  }

  /**
   * @param ids of the session's events in order
   * @returns `undefined` when exactly these were received
   */
  whatIsWrong(ids) {
    if (this.gapsTold > 0) return 'was told of a gap';
    const wrong = ids.findIndex((id, at) => this.received[at] !== id);
    if (wrong >= 0) return `event ${wrong} of ${ids.length} should be ${ids[wrong]} and is ${this.received[wrong]}`;
    return this.received.length === ids.length ? undefined : `got ${this.received.length} events of ${ids.length}`;
  }

  /** Resolves with the first verdict. */
  start() {
    return new Promise((resolve) => {
      this.#wake = resolve;
      this.#connect(0);
    });
  }

  stop() {
    this.#stopped = true;
    this.#request?.destroy();
  }

  #connect(attempt) {
    let closing;
    let over = false;
    const ended = () => {
      if (over || this.#stopped) return;
      over = true;
      const now = performance.now();
      this.closedAtMs ??= now;
      this.endings.push({ reason: closing ?? 'cut', atMs: now });
      setTimeout(() => {
        this.#askedAtMs = performance.now();
        this.#connect(attempt + 1);
      }, this.#retryMs);
    };
    const headers = this.#position === undefined ? this.headers : { ...this.headers, 'last-event-id': this.#position };
    this.#request = get(this.urls[attempt % this.urls.length] + this.path, { headers, agent: false }, (answer) => {
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', (chunk) => {
        const blocks = (text + chunk).split('\n\n');
        text = blocks.pop();
        for (const block of blocks) closing = this.#block(block) ?? closing;
      });
      answer.on('error', () => undefined);
      answer.on('close', ended);
    });
    this.#request.on('error', ended);
  }

  /** @returns the reason of a `closing` block */
  #block(block) {
    const field = (name) => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1];
    const event = field('event');
    const retry = field('retry');
    if (retry !== undefined) this.#retryMs = Number(retry);
    this.#position = field('id') ?? this.#position;
    if (event === 'closing') return JSON.parse(field('data')).reason;
    if (event === 'agent_network_connection') {
      if (this.closedAtMs !== undefined) {
        this.gaps.push(performance.now() - this.closedAtMs);
        this.works.push(performance.now() - this.#askedAtMs);
      }
      this.closedAtMs = undefined;
      this.#wake();
    } else if (event === 'x.drain.note') {
      this.received.push(this.#position);
    } else if (event === 'gap') {
      this.gapsTold += 1;
    }
    return undefined;
  }
}
