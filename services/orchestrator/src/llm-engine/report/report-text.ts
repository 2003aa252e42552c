// The report as readers get it: what has gone through the filter, token by token, then as a whole.
import type { RunDesk } from '../../engine/run-desk.js';

const AGENT = 'report_writer';

export class ReportText {
  private written = '';

  /** @param messageId another one per attempt at writing: two different texts never share one */
  constructor(
    private readonly run: RunDesk,
    readonly messageId: string,
  ) {}

  get text(): string {
    return this.written;
  }

  async write(piece: string): Promise<void> {
    if (piece === '') return;
    const data = { messageId: this.messageId, agentId: AGENT, offset: this.written.length, delta: piece };
    this.written += piece;
    await this.run.emit('message_chunk', data, AGENT);
  }

  async end(): Promise<void> {
    const { messageId, written } = this;
    const whole = { messageId, agentId: AGENT, offset: written.length, content: written };
    await this.run.emit('message_complete', whole, AGENT);
  }
}
