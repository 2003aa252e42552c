// The chat page at `/`, where it has been built; without it the gateway is an API and nothing else.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';

/** As `npm run build:chat` leaves it, in a checkout and in an image alike. */
const CHAT_PAGE = fileURLToPath(new URL('../../../../apps/chat/dist', import.meta.url));

/** Everything from this gateway, no inline script; React and the graph set styles through the DOM only. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "font-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/** Asset names carry a hash of their content. */
const FOREVER = 'public, max-age=31536000, immutable';

/** Call before the application listens. @returns whether there is a page to serve */
export async function serveChatPage(server: FastifyInstance, folder = CHAT_PAGE): Promise<boolean> {
  if (!existsSync(join(folder, 'index.html'))) return false;
  await server.register(fastifyStatic, {
    root: folder,
    wildcard: false,
    cacheControl: false,
    setHeaders: (reply, path) => {
      void reply.header('content-security-policy', POLICY);
      void reply.header('cache-control', path.endsWith('.html') ? 'no-cache' : FOREVER);
    },
  });
  return true;
}
