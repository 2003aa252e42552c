// Whether the peer of an answer is gone. The answers of HTTP/2 have a stream of their own and no `destroyed`.
import type { ServerResponse } from 'node:http';

export function hasLeft(response: ServerResponse): boolean {
  if ('stream' in response)
    return (response.stream as { readonly destroyed?: boolean } | undefined)?.destroyed !== false;
  return response.destroyed;
}
