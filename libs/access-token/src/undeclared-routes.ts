// Finds routes that forgot to say who may call them; a spec of each service keeps the list empty.
import type { INestApplicationContext, Type } from '@nestjs/common';
import { PATH_METADATA } from '@nestjs/common/constants.js';
import { MetadataScanner, ModulesContainer, Reflector } from '@nestjs/core';
import { ACCESS_METADATA } from './declarations.js';

/** `Controller.method` of each route without `@Public()` or `@RequireScope()`; the guard refuses them. */
export function undeclaredRoutes(app: INestApplicationContext): string[] {
  return handlersOf(app)
    .filter(({ handler, owner }) => !new Reflector().getAllAndOverride(ACCESS_METADATA, [handler, owner]))
    .map(({ name }) => name);
}

interface RouteHandler {
  readonly name: string;
  readonly handler: () => unknown;
  readonly owner: Type;
}

function handlersOf(app: INestApplicationContext): RouteHandler[] {
  const scanner = new MetadataScanner();
  const found: RouteHandler[] = [];
  for (const module of app.get(ModulesContainer).values()) {
    for (const { metatype } of module.controllers.values()) {
      if (typeof metatype !== 'function') continue;
      const owner = metatype as Type;
      const methods = owner.prototype as Readonly<Record<string, () => unknown>>;
      for (const method of scanner.getAllMethodNames(methods)) {
        const handler = methods[method];
        if (handler !== undefined && Reflect.hasMetadata(PATH_METADATA, handler)) {
          found.push({ name: `${owner.name}.${method}`, handler, owner });
        }
      }
    }
  }
  return found;
}
