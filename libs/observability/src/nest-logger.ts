// Nest's own log lines go to pino. Its start-up chatter (one line per route and module) is debug.
import type { LoggerService } from '@nestjs/common';
import type { Logger } from './logger.js';

type NestLine = readonly unknown[];

export class NestLogger implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(message: unknown, ...rest: NestLine): void {
    this.write('debug', message, rest);
  }

  debug(message: unknown, ...rest: NestLine): void {
    this.write('debug', message, rest);
  }

  verbose(message: unknown, ...rest: NestLine): void {
    this.write('trace', message, rest);
  }

  warn(message: unknown, ...rest: NestLine): void {
    this.write('warn', message, rest);
  }

  error(message: unknown, ...rest: NestLine): void {
    this.write('error', message, rest);
  }

  fatal(message: unknown, ...rest: NestLine): void {
    this.write('fatal', message, rest);
  }

  /** Nest passes the context (a class name) last, and for errors a stack before it. */
  private write(level: 'trace' | 'debug' | 'warn' | 'error' | 'fatal', message: unknown, rest: NestLine): void {
    const context = typeof rest.at(-1) === 'string' ? { context: rest.at(-1) } : {};
    if (message instanceof Error) this.logger[level]({ ...context, err: message }, 'framework error');
    else this.logger[level](context, typeof message === 'string' ? message : 'framework message');
  }
}
