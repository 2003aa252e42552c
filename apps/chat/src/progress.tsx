// How far a run is; in one line once it has ended.
import type { AgentNetwork, ChatMessage, ResearchRun } from '@vana/stream-react';

export interface ProgressProps {
  readonly message: ChatMessage;
  readonly run: ResearchRun | undefined;
  readonly network: AgentNetwork;
}

export function Progress({ message, run, network }: ProgressProps) {
  const { status } = message;
  if (status === 'refused') return null;
  if (status === 'sending' || status === 'queued' || status === 'streaming') {
    const percent = Math.round((run?.progress ?? 0) * 100);
    const at = network.runId === run?.id ? network.agents.findLast((agent) => agent.status === 'current') : undefined;
    const ahead = run?.ahead ?? 0;
    const doing = at ? `${at.name}: ${at.step ?? at.task ?? ''}` : ahead > 0 ? `${ahead} runs ahead` : 'Getting ready';
    return (
      <div className="progress">
        <div className="progress-words">
          <strong>{run?.phase?.replaceAll('_', ' ') ?? 'Queued'}</strong>
          <span>{doing}</span>
          <span className="percent">{percent} %</span>
        </div>
        <progress max={100} value={percent} aria-label="Progress of the run" />
      </div>
    );
  }
  if (!run) return null;
  const seconds =
    run.startedAt && run.endedAt ? (Date.parse(run.endedAt) - Date.parse(run.startedAt)) / 1_000 : undefined;
  const facts = [
    `${run.sources.length} ${run.sources.length === 1 ? 'source' : 'sources'}`,
    `${run.events} events`,
    ...(seconds === undefined ? [] : [`${seconds.toFixed(1)} s`]),
    ...(run.attempt > 1 ? [`taken over ${run.attempt - 1}×`] : []),
  ];
  return <p className="facts">{facts.join(' · ')}</p>;
}
