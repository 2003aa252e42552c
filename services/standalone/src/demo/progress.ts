// What a person sees while a run is under way: a bar that is redrawn on a terminal, lines elsewhere.
import type { StreamEvent } from './follow-stream.js';

export interface Screen {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

export interface Progress {
  show(event: StreamEvent): void;
  /** What is printed afterwards starts on a fresh line. */
  finish(): void;
}

const BAR_CELLS = 28;
const DEFAULT_COLUMNS = 80;
const CLEAR_LINE = '\r\u001b[2K';
/** Without a terminal a line is written at each new phase, and after this much progress in between. */
const LINE_STEP = 0.1;

export function progressOn(screen: Screen): Progress {
  return screen.isTTY === true ? new Bar(screen) : new Lines(screen);
}

class Bar implements Progress {
  private fraction = 0;
  private phase = 'waiting';

  constructor(private readonly screen: Screen) {}

  show(event: StreamEvent): void {
    if (event.type === 'agent_complete') this.above(agentLine(event));
    if (event.type !== 'research_progress') return;
    this.fraction = fractionOf(event);
    this.phase = phaseOf(event);
    this.draw();
  }

  finish(): void {
    this.screen.write('\n');
  }

  private above(line: string): void {
    this.screen.write(`${CLEAR_LINE}${line}\n`);
    this.draw();
  }

  private draw(): void {
    const filled = Math.round(this.fraction * BAR_CELLS);
    const bar = '█'.repeat(filled) + '░'.repeat(BAR_CELLS - filled);
    const line = `  ${bar} ${percent(this.fraction)}  ${this.phase}`;
    // A terminal that does not know its width says 0.
    this.screen.write(CLEAR_LINE + line.slice(0, (this.screen.columns || DEFAULT_COLUMNS) - 1));
  }
}

class Lines implements Progress {
  private phase = '';
  private shown = 0;

  constructor(private readonly screen: Screen) {}

  show(event: StreamEvent): void {
    if (event.type === 'agent_complete') this.screen.write(`${agentLine(event)}\n`);
    if (event.type !== 'research_progress') return;
    const [fraction, phase] = [fractionOf(event), phaseOf(event)];
    if (phase === this.phase && fraction < this.shown + LINE_STEP && fraction < 1) return;
    if (phase === this.phase && fraction === this.shown) return;
    this.phase = phase;
    this.shown = fraction;
    this.screen.write(`  ${percent(fraction)}  ${phase}\n`);
  }

  finish(): void {}
}

function agentLine({ data }: StreamEvent): string {
  const mark = data['success'] === false ? '✗' : '✓';
  const seconds = Number(data['executionTime'] ?? 0).toFixed(2);
  return `  ${mark} ${String(data['agentName']).padEnd(18)} ${seconds} s`;
}

function fractionOf(event: StreamEvent): number {
  return Math.min(1, Math.max(0, Number(event.data['overall_progress'] ?? 0)));
}

function phaseOf(event: StreamEvent): string {
  const phase = event.data['current_phase'];
  return typeof phase === 'string' ? phase.replaceAll('_', ' ') : '';
}

function percent(fraction: number): string {
  return `${Math.floor(fraction * 100)} %`.padStart(5);
}
