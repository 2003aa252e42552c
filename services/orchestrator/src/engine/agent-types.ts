// The six agents: who they are and who calls whom.

export const AGENT_TYPES = [
  'team_leader',
  'plan_generator',
  'section_planner',
  'researcher',
  'evaluator',
  'report_writer',
] as const;
export type AgentType = (typeof AGENT_TYPES)[number];

export const AGENT_NAMES: Readonly<Record<AgentType, string>> = {
  team_leader: 'Team leader',
  plan_generator: 'Plan generator',
  section_planner: 'Section planner',
  researcher: 'Researcher',
  evaluator: 'Evaluator',
  report_writer: 'Report writer',
};

/** Whose output an agent works with. */
export const DATA_DEPENDENCIES: Readonly<Partial<Record<AgentType, readonly AgentType[]>>> = {
  section_planner: ['plan_generator'],
  researcher: ['section_planner', 'evaluator'],
  evaluator: ['researcher'],
  report_writer: ['section_planner', 'researcher', 'evaluator'],
};
