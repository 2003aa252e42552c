import { describe, expect, it } from '@jest/globals';
import { progressOn } from './progress.js';
import type { StreamEvent } from './follow-stream.js';

const progress = (overall_progress: number, current_phase: string): StreamEvent => ({
  id: 'a-1',
  type: 'research_progress',
  data: { overall_progress, current_phase },
});
const complete = (agentName: string, success: boolean): StreamEvent => ({
  id: 'a-2',
  type: 'agent_complete',
  data: { agentName, success, executionTime: 1.234 },
});

function screen(isTTY: boolean) {
  const written: string[] = [];
  return { isTTY, columns: 60, written, write: (text: string) => written.push(text) };
}

describe('progressOn', () => {
  it('redraws one line on a terminal, never wider than it', () => {
    const terminal = screen(true);
    const view = progressOn(terminal);
    view.show(progress(0.5, 'reading_documents'));
    view.show(progress(1, 'x'.repeat(100)));
    view.finish();
    expect(terminal.written.join('').trimEnd()).not.toContain('\n');
    expect(terminal.written[0]).toContain(`${'█'.repeat(14)}${'░'.repeat(14)}  50 %  reading documents`);
    expect(terminal.written[1]!.replace('\r\u001b[2K', '')).toHaveLength(59);
    expect(terminal.written[2]).toBe('\n');
  });

  it('leaves a line per finished agent above the bar', () => {
    const terminal = screen(true);
    const view = progressOn(terminal);
    view.show(complete('researcher', true));
    view.show(complete('evaluator', false));
    expect(terminal.written.filter((text) => text.endsWith('\n'))).toEqual([
      expect.stringContaining('✓ researcher         1.23 s\n'),
      expect.stringContaining('✗ evaluator          1.23 s\n'),
    ]);
  });

  it('does not cut a line on a terminal of unknown width', () => {
    const terminal = { ...screen(true), columns: 0 };
    progressOn(terminal).show(progress(1, 'done'));
    expect(terminal.written[0]).toMatch(/100 % {2}done$/);
  });

  it('writes whole lines elsewhere, at new phases and every tenth', () => {
    const file = screen(false);
    const view = progressOn(file);
    for (const fraction of [0, 0.02, 0.04, 0.2, 0.25]) view.show(progress(fraction, 'plan'));
    view.show(progress(0.26, 'write'));
    view.show(progress(1, 'write'));
    view.show(progress(1, 'write'));
    view.finish();
    expect(file.written).toEqual(['    0 %  plan\n', '   20 %  plan\n', '   26 %  write\n', '  100 %  write\n']);
  });
});
