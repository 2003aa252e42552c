// Every event type there is: its channel, the schema of its data, what it says.
import type { z } from 'zod';
import { AGENT_KINDS } from './kinds/agents.js';
import { CHAT_KINDS } from './kinds/chat.js';
import { RESEARCH_KINDS } from './kinds/research.js';

export const EVENT_KINDS = { ...AGENT_KINDS, ...RESEARCH_KINDS, ...CHAT_KINDS } as const;

export type EventType = keyof typeof EVENT_KINDS;
/** The `data` of an event type. */
export type EventData<T extends EventType> = z.infer<(typeof EVENT_KINDS)[T]['data']>;

export function isKnownType(type: string): type is EventType {
  return Object.hasOwn(EVENT_KINDS, type);
}

/** `x.<vendor>.<name>`: types of outside agents, which the registry does not know. */
export const OUTSIDE_TYPE_PATTERN = /^x\.[A-Za-z0-9_-]{1,32}\.[A-Za-z0-9_-]{1,64}$/;

export function isOutsideType(type: string): boolean {
  return OUTSIDE_TYPE_PATTERN.test(type);
}
