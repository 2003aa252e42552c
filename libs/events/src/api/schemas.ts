// The named schemas of the generated documents, made from the zod schemas by zod itself.
import { z } from 'zod';
import { broadcasterBeatSchema, presenceMessageSchema } from '../bus/presence.js';
import {
  commandReplySchema,
  COMMANDS,
  principalSchema,
  runRecordSchema,
  sessionRecordSchema,
} from '../bus/commands.js';
import { controlBlockSchemas, type ControlBlockType } from '../control-blocks.js';
import {
  browserSessionBodySchema,
  connectionTokenBodySchema,
  revocationBodySchema,
  revokeBodySchema,
} from '../http/auth.js';
import { errorBodySchema } from '../http/errors.js';
import {
  agentHistoryBodySchema,
  blockBodySchema,
  eventPageBodySchema,
  gapBodySchema,
  pollAnswerSchema,
} from '../http/event-pages.js';
import {
  editMessageBodySchema,
  feedbackBodySchema,
  messageActionAnswerSchema,
  postMessageAnswerSchema,
  postMessageBodySchema,
  regenerateAnswerSchema,
  regenerateBodySchema,
} from '../http/messages.js';
import {
  finishRunBodySchema,
  outsideEventSchema,
  publishedBodySchema,
  startOutsideRunBodySchema,
} from '../http/outside-events.js';
import { runBodySchema } from '../http/runs.js';
import {
  createSessionBodySchema,
  renameSessionBodySchema,
  sessionBodySchema,
  sessionListBodySchema,
} from '../http/sessions.js';
import { startRunAnswerSchema, startRunBodySchema } from '../http/start-run.js';
import { idSchema } from '../ids.js';
import { networkAgentSchema } from '../kinds/fields.js';
import { positionSchema } from '../position.js';
import { EVENT_KINDS, OUTSIDE_TYPE_PATTERN, type EventType } from '../registry.js';
import { storedEventSchema } from '../stored-event.js';
import { timestampSchema } from '../timestamp.js';
import { CONTROL_BLOCK_NOTES } from './control-block-notes.js';
import { CONTROL_BLOCK_EXAMPLES, EVENT_EXAMPLES } from './examples.js';
import type { Json } from './json.js';

interface Named {
  readonly schema: z.ZodType;
  readonly description?: string;
  readonly example?: unknown;
}
type Names = Readonly<Record<string, Named>>;

const SHARED: Names = {
  Id: { schema: idSchema, description: 'Id of a tenant, session or run.' },
  Position: {
    schema: positionSchema,
    description: 'Place of an event: `<epoch>-<sequence>`. `<epoch>-0` is before the first event.',
  },
  Timestamp: { schema: timestampSchema, description: 'ISO 8601 UTC.' },
  NetworkAgent: { schema: networkAgentSchema, description: 'An agent as the network display shows it.' },
};

const ERROR: Named = { schema: errorBodySchema, description: 'Body of every error answer.' };

const HTTP: Names = {
  Error: ERROR,
  StartRun: { schema: startRunBodySchema, description: 'The question is `query` or `message`: exactly one of them.' },
  StartRunAnswer: { schema: startRunAnswerSchema },
  Run: { schema: runBodySchema },
  CreateSession: { schema: createSessionBodySchema },
  RenameSession: { schema: renameSessionBodySchema },
  Session: { schema: sessionBodySchema },
  OutsideEvent: { schema: outsideEventSchema, description: 'An event of an agent outside; as NDJSON one per line.' },
  Published: { schema: publishedBodySchema, description: 'Everything of the request is stored.' },
  StartOutsideRun: { schema: startOutsideRunBodySchema },
  FinishRun: { schema: finishRunBodySchema },
  PostMessage: { schema: postMessageBodySchema },
  PostMessageAnswer: { schema: postMessageAnswerSchema },
  Regenerate: { schema: regenerateBodySchema },
  RegenerateAnswer: { schema: regenerateAnswerSchema },
  EditMessage: { schema: editMessageBodySchema },
  Feedback: { schema: feedbackBodySchema },
  MessageActionAnswer: { schema: messageActionAnswerSchema },
  SessionList: { schema: sessionListBodySchema, description: 'Newest first.' },
  Block: { schema: blockBodySchema, description: '`id:`, `event:` and `data:` of a stream block, as JSON.' },
  Gap: { schema: gapBodySchema, description: 'The events of (from, to] that can no longer be had.' },
  EventPage: { schema: eventPageBodySchema },
  PollAnswer: { schema: pollAnswerSchema },
  BrowserSession: { schema: browserSessionBodySchema },
  Revoke: { schema: revokeBodySchema, description: 'What is revoked: exactly one of the three.' },
  Revocation: { schema: revocationBodySchema },
  ConnectionToken: { schema: connectionTokenBodySchema },
  AgentHistory: { schema: agentHistoryBodySchema, description: 'Oldest first; `data.sessionId` tells the session.' },
};

const STORED: Names = {
  StoredEvent: {
    schema: storedEventSchema,
    description: 'An event as the bus stores it; its position is not part of it.',
  },
};

const BUS: Names = {
  Error: ERROR,
  BroadcasterBeat: { schema: broadcasterBeatSchema },
  PresenceMessage: { schema: presenceMessageSchema },
  Principal: { schema: principalSchema, description: 'Who asks; made from a verified token.' },
  RunRecord: { schema: runRecordSchema },
  SessionRecord: { schema: sessionRecordSchema },
};

export const EVENT_TYPES = Object.keys(EVENT_KINDS) as EventType[];

/** agent_network_update → AgentNetworkUpdate */
export function pascalCase(name: string): string {
  return name.replace(/(?:^|_)[a-z]/g, (letter) => letter.replace('_', '').toUpperCase());
}

export const dataName = (type: EventType): string => `${pascalCase(type)}Data`;
/** startRun → StartRunRequest */
export const requestName = (command: string): string => `${pascalCase(command)}Request`;
export const replyName = (command: string): string => `${pascalCase(command)}Reply`;
export const eventName = (type: EventType): string => `${pascalCase(type)}Event`;

function eventData(): Names {
  return Object.fromEntries(
    EVENT_TYPES.map((type) => {
      const kind = EVENT_KINDS[type];
      const description = `\`data\` of ${type}. ${kind.description}`;
      return [dataName(type), { schema: kind.data, description, example: EVENT_EXAMPLES[type] }];
    }),
  );
}

function controlBlocks(): Names {
  const types = Object.keys(controlBlockSchemas) as ControlBlockType[];
  return Object.fromEntries(
    types.map((type) => {
      const description = `\`data\` of the control block ${type}. ${CONTROL_BLOCK_NOTES[type]}`;
      const example = CONTROL_BLOCK_EXAMPLES[type];
      return [`${pascalCase(type)}Block`, { schema: controlBlockSchemas[type], description, example }];
    }),
  );
}

function commands(): Names {
  return Object.fromEntries(
    Object.entries(COMMANDS).flatMap<[string, Named]>(([name, command]) => [
      [requestName(name), { schema: command.request, description: command.description }],
      [replyName(name), { schema: commandReplySchema(command) }],
    ]),
  );
}

const GROUPS = {
  shared: () => SHARED,
  http: () => HTTP,
  stored: () => STORED,
  bus: () => BUS,
  commands,
  eventData,
  controlBlocks,
} as const;
export type SchemaGroup = keyof typeof GROUPS;

/** `pointer` is where the schemas will stand, e.g. `#/$defs/`; references among them go there. */
export function namedSchemas(
  groups: readonly SchemaGroup[],
  pointer: string,
  target: 'draft-2020-12' | 'draft-07' = 'draft-2020-12',
): Record<string, Json> {
  const names: Names = Object.assign({}, ...groups.map((group) => GROUPS[group]())) as Names;
  const registry = z.registry<{ id: string }>();
  for (const [id, { schema }] of Object.entries(names)) registry.add(schema, { id });
  const { schemas } = z.toJSONSchema(registry, { io: 'input', target, uri: (id) => pointer + id, override: readable });
  return Object.fromEntries(
    Object.entries(names).map(([name, { description, example }]) => {
      const schema = Object.entries(schemas[name] ?? {}).filter(([key]) => key !== '$schema' && key !== '$id');
      return [
        name,
        {
          ...(description === undefined ? {} : { description }),
          ...Object.fromEntries(schema),
          ...(example === undefined ? {} : { examples: [example] }),
        },
      ];
    }),
  );
}

/** Every stored event type with its data, and the outside types. Needs the groups shared, stored and eventData. */
export function eventSchemas(pointer: string): Record<string, Json> {
  const event = (description: string, properties: Json): Json => ({
    description,
    allOf: [{ $ref: `${pointer}StoredEvent` }, { type: 'object', properties }],
  });
  const known = EVENT_TYPES.map((type) => {
    const { channel, description } = EVENT_KINDS[type];
    const properties = { type: { const: type }, channel: { const: channel }, data: { $ref: pointer + dataName(type) } };
    return [eventName(type), event(description, properties)] as const;
  });
  const outside = event('An event of an outside agent: `x.<vendor>.<name>`.', {
    type: { type: 'string', pattern: OUTSIDE_TYPE_PATTERN.source },
  });
  return { ...Object.fromEntries(known), OutsideEvent: outside };
}

function readable({ jsonSchema }: { jsonSchema: Json }): void {
  // zod's calendar-exact pattern is 250 characters long and says no more than the format does.
  if (jsonSchema['format'] === 'date-time') delete jsonSchema['pattern'];
  // JSON keys are strings anyway.
  if (JSON.stringify(jsonSchema['propertyNames']) === '{"type":"string"}') delete jsonSchema['propertyNames'];
}
