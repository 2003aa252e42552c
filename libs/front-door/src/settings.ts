// Settings of a service that clients reach, to be spread into the service's own.
import { BlockList, isIP } from 'node:net';
import { VanaError } from '@vana/events';
import { count, milliseconds } from '@vana/settings';
import { z } from 'zod';

const listOf = (text: string) =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');

function isNetwork(text: string): boolean {
  const [address = '', prefix, ...rest] = text.split('/');
  const family = isIP(address);
  if (family === 0 || rest.length > 0) return false;
  if (prefix === undefined) return true;
  if (!/^\d{1,3}$/.test(prefix)) return false;
  try {
    new BlockList().addSubnet(address, Number(prefix), family === 4 ? 'ipv4' : 'ipv6');
    return true;
  } catch {
    return false;
  }
}

const origins = z
  .string()
  .transform((text) => text.split(',').map((origin) => origin.trim()))
  .refine((list) => list.every(isOrigin), 'must be origins such as https://app.example, separated by commas')
  .default([]);

function isOrigin(text: string): boolean {
  return URL.canParse(text) && new URL(text).origin === text;
}

/** Environment names. */
export const FRONT_DOOR_FIELDS = {
  /** Addresses or networks (CIDR) of the proxies in front. From others `X-Forwarded-*` is ignored. */
  TRUSTED_PROXIES: z
    .string()
    .transform(listOf)
    .refine((list) => list.every(isNetwork), 'must be addresses or networks such as 10.0.0.0/8, separated by commas')
    .default([]),
  /** Origins whose pages may call the API; none by default. */
  ALLOW_ORIGINS: origins,
  /** Requests per minute of one address (of one /64 with IPv6), whoever they say they are; 0 switches it off. */
  RATE_LIMIT_ADDRESS: count(6_000, 0),
  /** Requests per minute of one principal; 0 switches it off. */
  RATE_LIMIT_PRINCIPAL: count(3_000, 0),
  /** Runs that one principal may start per hour; 0 switches it off. */
  RUN_QUOTA: count(600, 0),
  HTTP_MAX_URL_LENGTH: count(8_192),
  HTTP_MAX_HEADER_BYTES: count(16_384),
  HTTP_MAX_BODY_BYTES: count(1024 * 1024),
  /** Milliseconds in which all headers must have come. */
  HTTP_HEADERS_TIMEOUT: milliseconds(10_000),
  /** Milliseconds in which the whole request must have come, its body included. */
  HTTP_REQUEST_TIMEOUT: milliseconds(30_000),
  /** PEM files; with both the service speaks HTTPS (HTTP/2 and HTTP/1.1). Read again when they change. */
  TLS_CERT: z.string().min(1).optional(),
  TLS_KEY: z.string().min(1).optional(),
  /** `stdout`, `off`, or a file to which lines are appended. */
  AUDIT_LOG: z.string().min(1).default('stdout'),
};

export interface TlsFiles {
  readonly certFile: string;
  readonly keyFile: string;
}

export interface FrontDoorSettings {
  readonly trustedProxies: readonly string[];
  /** Per minute; 0: no limit. */
  readonly requestsPerAddress: number;
  /** Per minute; 0: no limit. */
  readonly requestsPerPrincipal: number;
  /** Per hour; 0: no limit. */
  readonly runsPerPrincipal: number;
  readonly maxUrlLength: number;
  readonly maxHeaderBytes: number;
  readonly maxBodyBytes: number;
  readonly headersTimeoutMs: number;
  readonly requestTimeoutMs: number;
  readonly tls: TlsFiles | undefined;
  readonly auditLog: string;
}

/** @throws VanaError settings_invalid when only one of the TLS files is named */
export function frontDoorSettingsFrom(values: z.output<z.ZodObject<typeof FRONT_DOOR_FIELDS>>): FrontDoorSettings {
  const { TLS_CERT: certFile, TLS_KEY: keyFile } = values;
  if ((certFile === undefined) !== (keyFile === undefined)) {
    const key = certFile === undefined ? 'TLS_CERT' : 'TLS_KEY';
    throw new VanaError('settings_invalid', { details: { keys: [{ key, problem: 'TLS needs both files' }] } });
  }
  return {
    trustedProxies: values.TRUSTED_PROXIES,
    requestsPerAddress: values.RATE_LIMIT_ADDRESS,
    requestsPerPrincipal: values.RATE_LIMIT_PRINCIPAL,
    runsPerPrincipal: values.RUN_QUOTA,
    maxUrlLength: values.HTTP_MAX_URL_LENGTH,
    maxHeaderBytes: values.HTTP_MAX_HEADER_BYTES,
    maxBodyBytes: values.HTTP_MAX_BODY_BYTES,
    headersTimeoutMs: values.HTTP_HEADERS_TIMEOUT,
    requestTimeoutMs: values.HTTP_REQUEST_TIMEOUT,
    tls: certFile === undefined || keyFile === undefined ? undefined : { certFile, keyFile },
    auditLog: values.AUDIT_LOG,
  };
}
