// The report as it is written: every piece goes out in chunks, which together are the message.
import type { RunDesk } from '../engine/run-desk.js';

/** Chunks are at least this long, and longer in long reports: a run may store a few hundred events in all. */
const LEAST_CHUNK = 128;
const MOST_CHUNKS = 48;

export class ReportStream {
  private text = '';
  private sent = 0;
  private readonly chunk: number;

  /** @param expected characters of the whole report */
  constructor(
    private readonly run: RunDesk,
    private readonly messageId: string,
    expected: number,
  ) {
    this.chunk = Math.max(LEAST_CHUNK, Math.ceil(expected / MOST_CHUNKS));
  }

  async write(piece: string): Promise<void> {
    this.text += piece;
    while (this.text.length - this.sent >= this.chunk) await this.send(this.cut());
  }

  /** @returns the whole text */
  async end(): Promise<string> {
    if (this.sent < this.text.length) await this.send(this.text.length);
    const { messageId, text } = this;
    const whole = { messageId, agentId: 'report_writer', offset: text.length, content: text };
    await this.run.emit('message_complete', whole, 'report_writer');
    return text;
  }

  /** Between two words where one ends in the chunk's last third, never inside a surrogate pair. */
  private cut(): number {
    const end = this.sent + this.chunk;
    const space = this.text.lastIndexOf(' ', end - 1) + 1;
    if (space > this.sent + (this.chunk * 2) / 3) return space;
    const code = this.text.charCodeAt(end - 1);
    return code >= 0xd800 && code <= 0xdbff ? end + 1 : end;
  }

  private async send(end: number): Promise<void> {
    const { messageId, sent } = this;
    const delta = this.text.slice(sent, end);
    await this.run.emit('message_chunk', { messageId, agentId: 'report_writer', offset: sent, delta }, 'report_writer');
    this.sent = end;
  }
}
