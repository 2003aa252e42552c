// A model for tests: says who is asked (by the instructions) and answers as a good model would, unless a test has
// another answer for that agent.
import type { LlmReply, LlmRequest, LlmScript } from '@vana/test-kit';

export type Role = 'plan' | 'sections' | 'research' | 'evaluate' | 'report';

const ROLES: readonly (readonly [Role, string])[] = [
  ['plan', 'You are the plan generator'],
  ['sections', 'You are the section planner'],
  ['research', 'You are a researcher'],
  ['evaluate', 'You are the evaluator'],
  ['report', 'You are the report writer'],
];

export function roleOf({ messages }: LlmRequest): Role {
  const instructions = messages.find(({ role }) => role === 'system')?.content ?? '';
  const role = ROLES.find(([, opening]) => instructions.startsWith(opening))?.[0];
  if (!role) throw new Error('nobody asked');
  return role;
}

/** What a tool answered last. */
export function lastToolResult({ messages }: LlmRequest): string {
  return messages.findLast(({ role }) => role === 'tool')?.content ?? '';
}

export function lastUserMessage({ messages }: LlmRequest): string {
  return messages.findLast(({ role }) => role === 'user')?.content ?? '';
}

const REPORT =
  '# Dimming lights\n\nA light is dimmed with `lamp.dim(level)` [src-1].\n\n## Limits\n\nThe driver limits it [src-2]. ' +
  'Nobody knows more [src-77]. See [this](https://evil.example/).\n';

export const GOOD_ANSWERS: Readonly<Record<Role, (request: LlmRequest) => LlmReply>> = {
  plan: () => ({ text: '{"questions": ["How is a light dimmed?", "What limits brightness?"]}' }),
  sections: () => ({
    text:
      'Here you are:\n```json\n{"sections": [{"title": "Dimming", "questions": ["How is a light dimmed?"]},' +
      ' {"title": "Limits", "questions": ["What limits brightness?"]}]}\n```',
  }),
  research: (request) => {
    if (lastToolResult(request) !== '') return { text: `- ${statementOf(request)} [s1]\n- Nobody says this [s99]` };
    const query = lastUserMessage(request).includes('brightness') ? 'brightness limits' : 'call lamp dim level';
    return { toolCalls: [{ name: 'search_documents', input: { query } }] };
  },
  evaluate: () => ({ text: '{"verdict": "pass"}' }),
  report: () => ({ text: REPORT }),
};

function statementOf(request: LlmRequest): string {
  return lastUserMessage(request).includes('brightness') ? 'The driver limits brightness' : 'Call lamp.dim(level)';
}

type Answer = LlmReply | ((request: LlmRequest) => LlmReply | undefined);

/** @param answers by role: one per call of that role, or a function; where they end the model answers well */
export function scriptedModel(answers: Partial<Record<Role, readonly Answer[] | Answer>> = {}): LlmScript {
  const calls = new Map<Role, number>();
  return (request) => {
    const role = roleOf(request);
    const at = calls.get(role) ?? 0;
    calls.set(role, at + 1);
    const own = answers[role];
    const answer = Array.isArray(own) ? (own as readonly Answer[])[at] : (own as Answer | undefined);
    const reply = typeof answer === 'function' ? answer(request) : answer;
    return reply ?? GOOD_ANSWERS[role](request);
  };
}
