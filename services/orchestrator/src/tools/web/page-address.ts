// What a page's address has to look like before anything is resolved.

const MAX_URL_CHARACTERS = 2_000;
/** Below it only the ports of the web; services with a name of their own are no pages. */
const FIRST_FREE_PORT = 1024;
const WEB_PORTS: ReadonlySet<number> = new Set([80, 443]);
/** Names that mean this machine or this network by convention, whatever a resolver says. */
const LOCAL_NAME = /(?:^|\.)(?:localhost|local|internal|intranet|lan|home|corp|localdomain|home\.arpa)$/;

/**
 * The address in its canonical form: decimal, octal and hexadecimal IPv4 become dotted, names lower case without the
 * last dot, the fragment is gone. `undefined`: not an address that a page is fetched from.
 */
export function pageAddress(text: string, base?: URL): URL | undefined {
  if (text.length > MAX_URL_CHARACTERS || !URL.canParse(text, base?.href)) return undefined;
  const url = new URL(text, base?.href);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return undefined;
  if (url.username !== '' || url.password !== '') return undefined;
  url.hostname = url.hostname.replace(/\.$/, '');
  url.hash = '';
  if (url.hostname === '' || LOCAL_NAME.test(url.hostname)) return undefined;
  const port = url.port === '' ? undefined : Number(url.port);
  if (port !== undefined && port < FIRST_FREE_PORT && !WEB_PORTS.has(port)) return undefined;
  return url;
}

/** The host as an IP address without brackets, else `undefined`. */
export function literalAddress({ hostname }: URL): string | undefined {
  if (hostname.startsWith('[')) return hostname.slice(1, -1);
  return /^\d+\.\d+\.\d+\.\d+$/.test(hostname) ? hostname : undefined;
}
