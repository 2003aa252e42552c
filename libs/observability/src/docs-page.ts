// A plain page of a service's routes from its OpenAPI document: no script, nothing loaded from elsewhere.
import { createHash } from 'node:crypto';

/** The part of an OpenAPI document that the page shows. */
export interface OpenApiDocument {
  readonly openapi?: string;
  readonly info?: { readonly title?: string; readonly version?: string; readonly description?: string };
  readonly paths?: Readonly<Record<string, Readonly<Record<string, { readonly summary?: string } | undefined>>>>;
}

const METHODS = ['get', 'post', 'put', 'patch', 'delete'];
const STYLE =
  'body{font:16px/1.5 system-ui;margin:2rem auto;max-width:60rem;padding:0 1rem}td{padding:.2rem 1rem .2rem 0}';

/** What the page may do: show itself. */
export const DOCS_POLICY =
  `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; ` +
  "frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

export function docsPage(document: OpenApiDocument): string {
  const title = escapeHtml(document.info?.title ?? 'Routes');
  const rows = Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
    METHODS.filter((method) => item[method] !== undefined).map(
      (method) =>
        `<tr><td><code>${method.toUpperCase()}</code></td><td><code>${escapeHtml(path)}</code></td>` +
        `<td>${escapeHtml(item[method]?.summary ?? '')}</td></tr>`,
    ),
  );
  return [
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${title}</title><style>${STYLE}</style></head>`,
    `<body><h1>${title}</h1><p>${escapeHtml(document.info?.description ?? '')}</p>`,
    `<table>${rows.join('\n')}</table>`,
    '<p><a href="/docs/openapi.json">OpenAPI document</a> · <a href="/metrics">metrics</a> · ' +
      '<a href="/health/ready">readiness</a></p></body></html>\n',
  ].join('\n');
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
