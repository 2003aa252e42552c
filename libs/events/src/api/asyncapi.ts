// docs/api/asyncapi.json: what goes over NATS.
import { COMMANDS } from '../bus/commands.js';
import { EVENT_KINDS } from '../registry.js';
import { SCHEMA_VERSION } from '../stored-event.js';
import {
  EVENT_STREAM,
  EVENT_SUBJECT_FILTER,
  LIVE_SUBJECT_TRANSFORM,
  ORCHESTRATOR_QUEUE,
  PRESENCE_ASK_SUBJECT,
  PRESENCE_SUBJECT,
} from '../subjects.js';
import { eventName, eventSchemas, EVENT_TYPES, namedSchemas, replyName, requestName } from './schemas.js';
import type { Json } from './json.js';

const SCHEMAS = '#/components/schemas/';
const MESSAGES = '#/components/messages/';
const OUTSIDE = 'outside_event';
const sequence = (description: string): Json => ({ type: 'string', pattern: '^[0-9]+$', description });

const HEADERS: Json = {
  StoredHeaders: {
    type: 'object',
    required: ['Nats-Msg-Id', 'Nats-Expected-Last-Subject-Sequence', 'Vana-Prev'],
    properties: {
      'Nats-Msg-Id': { type: 'string', description: 'Dedupe id of the publish; contains tenant and session.' },
      'Nats-Expected-Last-Subject-Sequence': sequence('Compare-and-set: the session’s last sequence.'),
      'Vana-Prev': sequence('The same number, kept with the message: what readers join by.'),
    },
  },
  LiveHeaders: {
    type: 'object',
    required: ['Nats-Sequence', 'Vana-Prev'],
    properties: {
      'Nats-Stream': { type: 'string', const: EVENT_STREAM },
      'Nats-Subject': { type: 'string' },
      'Nats-Sequence': sequence('Stream sequence: the position’s number.'),
      'Nats-Last-Sequence': sequence('Sequence of the subject’s message before.'),
      'Nats-Time-Stamp': { type: 'string', description: 'When the server stored it.' },
      'Vana-Prev': sequence('Sequence of the session’s event before; 0 when there was none.'),
    },
  },
};

/** AsyncAPI 3.0 description of the NATS subjects. A new object at every call. */
export function asyncApiDocument(): Json {
  const commands = Object.entries(COMMANDS);
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Vana Stream on NATS',
      version: `${SCHEMA_VERSION}.0.0`,
      description: `Stream ${EVENT_STREAM} takes ${EVENT_SUBJECT_FILTER} and republishes to ${LIVE_SUBJECT_TRANSFORM}.`,
      license: { name: 'Apache-2.0' },
    },
    defaultContentType: 'application/json',
    channels: {
      events: sessionChannel('vana.events', 'Where events are published. Only services of this system may.', 'stored'),
      live: sessionChannel('vana.live', 'Copies that the server sends on. Nobody else may publish here.', 'live'),
      presence: {
        address: PRESENCE_SUBJECT,
        description: 'Broadcasters beat here every second.',
        messages: { beat: { $ref: `${MESSAGES}beat` } },
      },
      presenceAsk: {
        address: PRESENCE_ASK_SUBJECT,
        description: 'A gateway that starts asks all broadcasters to beat at once.',
        messages: { ask: { $ref: `${MESSAGES}ask` } },
      },
      ...Object.fromEntries(
        commands.map(([name, { subject, description }]) => [name, commandChannel(name, subject, description)]),
      ),
    },
    operations: {
      publishEvent: { action: 'send', channel: channelRef('events'), summary: 'Orchestrator: store an event.' },
      followSession: { action: 'receive', channel: channelRef('live'), summary: 'Broadcaster: follow a session.' },
      beat: { action: 'send', channel: channelRef('presence'), summary: 'Broadcaster: tell gateways about itself.' },
      askPresence: { action: 'send', channel: channelRef('presenceAsk'), summary: 'Gateway: who is there?' },
      ...Object.fromEntries(commands.map(([name, { description }]) => [name, commandOperation(name, description)])),
    },
    components: {
      messages: { ...eventMessages('stored'), ...eventMessages('live'), ...presenceMessages(), ...commandMessages() },
      schemas: {
        ...namedSchemas(['shared', 'stored', 'bus', 'commands', 'eventData'], SCHEMAS, 'draft-07'),
        ...eventSchemas(SCHEMAS),
        ...HEADERS,
      },
    },
  };
}

const channelRef = (name: string): Json => ({ $ref: `#/channels/${name}` });
type Copy = 'stored' | 'live';

function sessionChannel(root: string, description: string, copy: Copy): Json {
  return {
    address: `${root}.{tenant}.{session}`,
    description,
    parameters: {
      tenant: { description: 'Tenant id, ^[A-Za-z0-9_-]{1,64}$.' },
      session: { description: 'Session id, ^[A-Za-z0-9_-]{1,64}$.' },
    },
    messages: Object.fromEntries(
      [...EVENT_TYPES, OUTSIDE].map((type) => [type, { $ref: `${MESSAGES}${copy}_${type}` }]),
    ),
  };
}

function eventMessages(copy: Copy): Json {
  const message = (type: string, summary: string, schema: string): [string, Json] => [
    `${copy}_${type}`,
    {
      name: type,
      summary,
      headers: { $ref: `${SCHEMAS}${copy === 'stored' ? 'StoredHeaders' : 'LiveHeaders'}` },
      payload: { $ref: SCHEMAS + schema },
    },
  ];
  return Object.fromEntries([
    ...EVENT_TYPES.map((type) => message(type, EVENT_KINDS[type].description, eventName(type))),
    message(OUTSIDE, 'An event of an outside agent: x.<vendor>.<name>.', 'OutsideEvent'),
  ]);
}

function presenceMessages(): Json {
  return {
    beat: {
      summary: 'A broadcaster’s address and load, or its good-bye.',
      payload: { $ref: `${SCHEMAS}PresenceMessage` },
    },
    ask: { summary: 'Beat now.', payload: {} },
  };
}

function commandChannel(name: string, address: string, description: string): Json {
  const messages = { request: { $ref: `${MESSAGES}${name}_request` }, reply: { $ref: `${MESSAGES}${name}_reply` } };
  return { address, description, messages };
}

function commandOperation(name: string, summary: string): Json {
  const channel = channelRef(name);
  const message = (part: string): Json => ({ $ref: `#/channels/${name}/messages/${part}` });
  return {
    action: 'receive',
    channel,
    summary,
    description: `Answered by one member of the queue group ${ORCHESTRATOR_QUEUE}.`,
    messages: [message('request')],
    reply: { channel, messages: [message('reply')], address: { location: '$message.header#/reply' } },
  };
}

/** Requests and replies travel in the envelope of Nest's NATS transport. */
function commandMessages(): Json {
  const envelope = (properties: Json): Json => ({ type: 'object', required: Object.keys(properties), properties });
  const id = { type: 'string', description: 'Ties the reply to the request.' };
  return Object.fromEntries(
    Object.entries(COMMANDS).flatMap(([name, command]) => [
      [
        `${name}_request`,
        {
          summary: command.description,
          payload: envelope({ pattern: { const: command.subject }, id, data: { $ref: SCHEMAS + requestName(name) } }),
        },
      ],
      [
        `${name}_reply`,
        {
          summary: 'The value, or the error as its public body.',
          payload: envelope({ id, response: { $ref: SCHEMAS + replyName(name) } }),
        },
      ],
    ]),
  );
}
