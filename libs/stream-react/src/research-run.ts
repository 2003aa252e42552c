// A run as a page shows it, folded from the events of the channel `research` and the report's chunks.
import { withChunk, type StreamEvent } from '@vana/stream-client';

export interface SourceView {
  /** As the report cites it: `src-1`. */
  readonly shortId: string;
  readonly title: string;
  readonly url: string;
  readonly domain: string;
  readonly heading: string | undefined;
  readonly line: number | undefined;
  /** What stands there, where the server says it. */
  readonly quote: string | undefined;
  readonly claims: readonly { readonly textSegment: string; readonly confidence: number }[];
}

export interface ResearchRun {
  readonly id: string;
  readonly query: string | undefined;
  readonly status: 'queued' | 'running' | 'completed' | 'partial' | 'cancelled' | 'failed';
  /** Runs before it, while it is queued. */
  readonly ahead: number | undefined;
  readonly phase: string | undefined;
  /** 0 to 1. */
  readonly progress: number;
  readonly sources: readonly SourceView[];
  /** The report as far as it is written. */
  readonly report: string;
  /** The message that is the report. */
  readonly reportId: string | undefined;
  /** Why it did not end `completed`. */
  readonly reason: string | undefined;
  readonly error: string | undefined;
  /** 2 and more: another worker took it over. */
  readonly attempt: number;
  readonly startedAt: string | undefined;
  readonly endedAt: string | undefined;
  /** Stored events of the run that were seen. */
  readonly events: number;
}

export const isActive = ({ status }: Pick<ResearchRun, 'status'>): boolean =>
  status === 'queued' || status === 'running';

export function newRun(id: string): ResearchRun {
  return {
    id,
    query: undefined,
    status: 'queued',
    ahead: undefined,
    phase: undefined,
    progress: 0,
    sources: [],
    report: '',
    reportId: undefined,
    reason: undefined,
    error: undefined,
    attempt: 1,
    startedAt: undefined,
    endedAt: undefined,
    events: 0,
  };
}

/** The latest run of a session. @param events any; those without a run, or of an older one, change nothing */
export function foldResearch(before: ResearchRun | undefined, events: readonly StreamEvent[]): ResearchRun | undefined {
  let run = before;
  for (const event of events) {
    const { runId } = event.data;
    if (runId === undefined) continue;
    const begins = event.type === 'research_started' || event.type === 'research_queued';
    if (!run || (run.id !== runId && (begins || !isActive(run)))) run = newRun(runId);
    if (run.id === runId) run = runAfter(run, event);
  }
  return run;
}

/** @param event of this run */
export function runAfter(before: ResearchRun, event: StreamEvent): ResearchRun {
  const run = { ...before, events: before.events + 1 };
  switch (event.type) {
    case 'research_queued':
      return { ...run, status: 'queued', ahead: event.data.ahead };
    case 'research_started':
      return { ...run, status: 'running', query: event.data.query, startedAt: event.data.timestamp };
    case 'research_resumed':
      return { ...run, status: 'running', attempt: event.data.attempt };
    case 'research_progress': {
      const { overall_progress: progress, current_phase: phase } = event.data;
      return { ...run, status: isActive(run) ? 'running' : run.status, progress, phase };
    }
    case 'research_sources':
      return { ...run, sources: event.data.sources.map(sourceView) };
    case 'research_complete': {
      const { status, final_report: report, reason, timestamp: endedAt } = event.data;
      const progress = status === 'completed' || status === 'partial' ? 1 : run.progress;
      return { ...run, status, progress, reason: reason ?? undefined, endedAt, report: report || run.report };
    }
    case 'error':
      return { ...run, error: event.data.message };
    case 'message_chunk':
    case 'message_complete': {
      const { messageId: reportId } = event.data;
      if (run.reportId !== undefined && run.reportId !== reportId) return run;
      const report = event.type === 'message_chunk' ? withChunk(run.report, event.data) : event.data.content;
      return { ...run, reportId, report };
    }
    default:
      return run;
  }
}

type SourcesEvent = Extract<StreamEvent, { type: 'research_sources' }>;

function sourceView(source: SourcesEvent['data']['sources'][number]): SourceView {
  const { shortId, title, url, domain, heading, line, supportedClaims } = source;
  const quote = source['quote'];
  return {
    shortId,
    title,
    url,
    domain,
    heading: heading ?? undefined,
    line: line ?? undefined,
    quote: typeof quote === 'string' ? quote : undefined,
    claims: supportedClaims.map(({ textSegment, confidence }) => ({ textSegment, confidence })),
  };
}
