// Routes that every service has for its operators; no token needed.
import type { HttpRoute } from './http-routes.js';

const operation = (path: string, operationId: string, summary: string, answers: HttpRoute['answers']): HttpRoute => ({
  method: 'get',
  path,
  operationId,
  tag: 'Operations',
  summary,
  scope: undefined,
  parameters: [],
  answers,
  errors: [],
});

/** Bodies of the health routes. */
export const OPERATION_SCHEMAS = {
  Document: { type: 'object', description: 'An OpenAPI document.' },
  Live: { type: 'object', required: ['status'], properties: { status: { const: 'live' } } },
  Ready: {
    type: 'object',
    required: ['status', 'checks'],
    properties: {
      status: { enum: ['ready', 'not_ready'] },
      checks: { description: 'What the service needs.', additionalProperties: { enum: ['up', 'down'] } },
    },
  },
} as const;

export const OPERATION_ROUTES: readonly HttpRoute[] = [
  operation('/health/live', 'live', 'The process works', [{ status: 200, description: 'It does.', schema: 'Live' }]),
  operation('/health/ready', 'ready', 'The service can take requests', [
    { status: 200, description: 'Everything that it needs is there.', schema: 'Ready' },
    { status: 503, description: 'Something that it needs is down.', schema: 'Ready' },
  ]),
  operation('/metrics', 'metrics', 'Metrics for Prometheus', [
    { status: 200, description: 'Text exposition format.', mediaType: 'text/plain' },
  ]),
  operation('/docs', 'docs', 'The routes as a page', [
    { status: 200, description: 'A page to read.', mediaType: 'text/html' },
  ]),
  operation('/docs/openapi.json', 'openapi', 'This document', [
    { status: 200, description: 'OpenAPI 3.1.', schema: 'Document' },
  ]),
];
