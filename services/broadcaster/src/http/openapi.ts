// The broadcaster's part of the OpenAPI document: it answers these routes as the gateway does.
import { openApiDocument } from '@vana/events';

const PATHS = [
  '/api/run_sse/{session_id}',
  '/agent_network_sse/{session_id}',
  '/api/stream/{session_id}',
  '/api/poll/{session_id}',
  '/api/sessions/{session_id}/events',
  '/agent_network_history',
];

export function broadcasterDocument(): Record<string, unknown> {
  const document = openApiDocument();
  const paths = document['paths'] as Record<string, Record<string, unknown>>;
  const own = PATHS.map((path) => [path, { get: paths[path]?.['get'] }] as const);
  return { ...document, paths: Object.fromEntries(own) };
}
