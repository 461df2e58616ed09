// docs/openapi.json, as the tests hold everything that answers or asks against it.
import { readFileSync } from 'node:fs';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import fc from 'fast-check';

/** A JSON schema, with the words that docs/openapi.json uses. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly oneOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly examples?: readonly unknown[];
}

interface Response {
  readonly headers?: Readonly<Record<string, { readonly $ref: string }>>;
  readonly content?: Readonly<Record<string, { readonly schema: Schema }>>;
}

interface Operation {
  readonly requestBody: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
  readonly responses: Readonly<Record<string, Response>>;
}

export interface OpenApi {
  readonly paths: Readonly<Record<string, { readonly post: Operation }>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, Schema>>;
    readonly headers: Readonly<Record<string, { readonly required: boolean; readonly schema: Schema }>>;
  };
}

export const OPENAPI: OpenApi = JSON.parse(readFileSync(new URL('../../docs/openapi.json', import.meta.url), 'utf8'));

// Unknown words in a schema are mistakes. A requirement may stand beside another schema's properties.
const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, strictRequired: false, strictTypes: false });
ajv.addVocabulary(Object.keys(OPENAPI));
ajv.addSchema({ $id: 'openapi.json', ...OPENAPI });

const validatorAt = (...path: readonly string[]): ValidateFunction => {
  const pointer = path.map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/');
  return ajv.getSchema(`openapi.json#/${pointer}`) as ValidateFunction;
};

/** What is wrong with a value, in words; empty where it is of that schema. */
export function faultsOf(value: unknown, ...path: readonly string[]): string {
  const validate = validatorAt(...path);
  return validate(value) ? '' : ajv.errorsText(validate.errors);
}

/** The same for one of the named schemas. */
export const faultsAs = (name: string, value: unknown): string => faultsOf(value, 'components', 'schemas', name);

const isPresent = (schema: Schema, text: string | null) => text !== null && new RegExp(schema.pattern ?? '', 'u').test(text);

/**
 * What is wrong with an answer: one whose status the contract does not have there, another content type, a header that is
 * missing, a body of another shape.
 *
 * @param path of the endpoint, as the contract names it
 * @returns the faults in words; empty where there is none
 */
export function faultsOfAnswer(path: string, { status, headers }: globalThis.Response, text: string): string {
  const described = OPENAPI.paths[path]?.post.responses[status];
  if (!described) return `HTTP ${status} is not in the contract`;
  for (const [name, { $ref }] of Object.entries(described.headers ?? {})) {
    const { schema } = OPENAPI.components.headers[$ref.split('/').at(-1) as string] as { schema: Schema };
    if (!isPresent(schema, headers.get(name))) return `HTTP ${status} with ${name}: ${headers.get(name)}`;
  }
  if (!described.content) return text && `a body: ${text}`;
  const [type] = (headers.get('Content-Type') ?? '').split(';');
  if (type !== 'application/json') return `content type ${type}`;
  const faults = faultsOf(JSON.parse(text), 'paths', path, 'post', 'responses', `${status}`, 'content', type, 'schema');
  return faults && `HTTP ${status} ${text}: ${faults}`;
}

const text = ({ pattern, minLength = 0, maxLength = 60 }: Schema): fc.Arbitrary<string> =>
  pattern === undefined
    ? fc.string({ unit: 'grapheme', minLength, maxLength: Math.min(maxLength, 60) })
    : fc.stringMatching(new RegExp(pattern), { maxLength: Math.min(maxLength, 60) });

/** Values of a schema of the document: what it names, and, where it allows more, anything more. */
export function arbitraryOf(schema: Schema): fc.Arbitrary<unknown> {
  const { $ref, enum: words, oneOf, anyOf, type, properties, required = [] } = schema;
  if ($ref) return arbitraryOf(OPENAPI.components.schemas[$ref.split('/').at(-1) as string] as Schema);
  if ('const' in schema) return fc.constant(schema.const);
  if (words) return fc.constantFrom(...words);
  const choices = oneOf ?? anyOf ?? (Array.isArray(type) ? type.map((one) => ({ ...schema, type: one })) : null);
  if (choices) return fc.oneof(...choices.map(arbitraryOf));
  const { minimum: min = -1e9, maximum: max = 1e12 } = schema;
  switch (type) {
    case 'null':
      return fc.constant(null);
    case 'string':
      return text(schema);
    case 'integer':
      return fc.integer({ min, max });
    case 'number':
      return fc.oneof(fc.integer({ min, max }), fc.double({ min, max, noNaN: true, noDefaultInfinity: true }));
    case 'object': {
      const named = Object.fromEntries(Object.entries(properties ?? {}).map(([name, value]) => [name, arbitraryOf(value)]));
      const more = fc.dictionary(fc.string(), fc.jsonValue());
      return fc.tuple(more, fc.record(named, { requiredKeys: [...required] })).map(([others, own]) => ({ ...others, ...own }));
    }
    default:
      throw new Error(`a schema without a type: ${JSON.stringify(schema)}`);
  }
}
