// Channel `agents`: what the agents of a session are doing and how they work together.
import { z } from 'zod';
import {
  countNumber,
  fraction,
  label,
  labels,
  networkAgentSchema,
  percent,
  secondsNumber,
  text,
  timestamp,
  type EventKind,
} from './fields.js';

const channel = 'agents';

const relationshipSchema = z.looseObject({
  source: label,
  target: label,
  type: z.enum(['invokes', 'delegates_to', 'receives_from', 'parent_of', 'provides_data']),
  interaction_count: countNumber,
  data_flow: z.array(text).max(10).describe('What went over, the last ten.'),
  last_interaction: timestamp.nullish(),
});

const substepSchema = z.looseObject({
  name: label,
  status: z.enum(['pending', 'active', 'complete', 'error']),
  details: text.nullish(),
});

export const AGENT_KINDS = {
  agent_network_update: {
    channel,
    description: 'The agents and their state changed: full state, not a difference.',
    data: z.looseObject({ agents: z.array(networkAgentSchema), timestamp }),
  },
  agent_network_snapshot: {
    channel,
    description: 'The whole agent network of the session with its measurements and relationships.',
    data: z.looseObject({
      timestamp,
      agents: z.record(
        z.string(),
        z.looseObject({
          invocation_count: countNumber,
          average_execution_time: secondsNumber,
          success_rate: fraction,
          tools_used: labels,
          last_invocation: timestamp.nullish(),
          is_active: z.boolean(),
        }),
      ),
      relationships: z.array(relationshipSchema),
      hierarchy: z.record(z.string(), labels).describe('Parent → children.'),
      execution_stack: labels.describe('Outermost first.'),
      active_agents: labels,
      data_dependencies: z.record(z.string(), labels).describe('Agent → the agents whose output it needs.'),
    }),
  },
  agent_start: {
    channel,
    description: 'An agent began to work.',
    data: z.looseObject({
      agentId: label,
      agentName: label,
      agentType: label,
      action: text,
      status: label,
      executionStack: labels,
      activeAgents: labels,
      parentAgent: label.nullish(),
    }),
  },
  agent_complete: {
    channel,
    description: 'An agent ended its work, well or not.',
    data: z.looseObject({
      agentId: label,
      agentName: label,
      status: label,
      executionTime: secondsNumber,
      success: z.boolean(),
      hasOutput: z.boolean(),
      stateChanges: labels.describe('Names of what it changed.'),
      activeAgents: labels,
      metrics: z.looseObject({
        invocationCount: countNumber,
        averageExecutionTime: secondsNumber,
        successRate: fraction,
        toolsUsed: labels,
      }),
    }),
  },
  agent_progress: {
    channel,
    description: 'How far an agent is: full state of that agent.',
    data: z.looseObject({
      agentName: label,
      progress: percent,
      currentStep: countNumber,
      totalSteps: countNumber,
      stepName: text,
      message: text,
      elapsedTime: secondsNumber,
      estimatedRemaining: secondsNumber.nullish().describe('Seconds; null when unknown.'),
    }),
  },
  agent_substep: {
    channel,
    description: 'A part of an agent’s step changed state.',
    data: z.looseObject({
      agentName: label,
      currentStep: countNumber,
      substep: substepSchema,
      allSubsteps: z.array(substepSchema).max(10).describe('The last ten.'),
    }),
  },
  thinking_update: {
    channel,
    description: 'What an agent is considering.',
    data: z.looseObject({
      stepId: label,
      agentName: label,
      action: text,
      status: z.enum(['active', 'complete']),
    }),
  },
} as const satisfies Record<string, EventKind>;
