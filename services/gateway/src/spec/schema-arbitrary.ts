// Values for a JSON Schema: mostly what it asks for, sometimes what is hostile, sometimes anything.
import fc from 'fast-check';

export interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
}

/** What has broken services: line ends, NUL, wildcards, paths, encodings, prototypes, sizes. */
export const HOSTILE: readonly string[] = [
  ...['\r\nX-Injected: 1', '\n', '\0', '*', '>', 'vana.live.>', '..', '../..', './', '%0d%0a', '%00', '%2e%2e%2f'],
  ...['%252e', '%c0%ae', '%', '\u2028', 'ü', '🙂', '__proto__', 'constructor', 'a'.repeat(5_000), ' ', '', '0', '-1'],
  ...['1e309', 'NaN', 'null', '[]', '{}', "' or 1=1 --", '${7*7}', 'http://169.254.169.254/', '//evil.example'],
];

export function valueOf(schema: Schema, resolve: (ref: string) => Schema): fc.Arbitrary<unknown> {
  return fc.oneof(
    { weight: 6, arbitrary: fitting(schema, resolve, 0) },
    { weight: 2, arbitrary: fc.constantFrom(...HOSTILE) },
    { weight: 1, arbitrary: fc.jsonValue() },
  );
}

function fitting(schema: Schema, resolve: (ref: string) => Schema, depth: number): fc.Arbitrary<unknown> {
  if (depth > 4) return fc.constant(null);
  if (schema.$ref !== undefined) return fitting(resolve(schema.$ref), resolve, depth);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  if ('const' in schema) return fc.constant(schema.const);
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) return fc.oneof(...choices.map((choice) => fitting(choice, resolve, depth + 1)));
  switch (schema.type) {
    case 'integer':
    case 'number':
      return fc.integer({ min: schema.minimum ?? -10, max: Math.min(schema.maximum ?? 1_000, 1_000_000) });
    case 'boolean':
      return fc.boolean();
    case 'array':
      return fc.array(fitting(schema.items ?? {}, resolve, depth + 1), { maxLength: 4 });
    case 'object': {
      const fields = Object.entries(schema.properties ?? {}).map(([name, of]) => [
        name,
        fitting(of, resolve, depth + 1),
      ]);
      return fc.record(Object.fromEntries(fields) as Record<string, fc.Arbitrary<unknown>>, { requiredKeys: [] });
    }
    case 'string':
      return schema.pattern === undefined
        ? fc.string({ unit: 'grapheme', maxLength: Math.min(schema.maxLength ?? 60, 200) })
        : fc.oneof(fc.constantFrom('mine', 'foreign', 'gone', 'run-1'), fc.stringMatching(new RegExp(schema.pattern)));
    case undefined:
    default:
      return fc.jsonValue();
  }
}
