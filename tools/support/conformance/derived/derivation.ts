import { type Field, type FramedRequest, type Given, type Row, type Statuses, utf8 } from "../row.ts";
import type { Suite } from "../suite.ts";
import type { ApiDocument, Operation, Schema } from "./api_document.ts";
import { FRESH } from "./sample_of.ts";
import { mediaTypeOf, Subjects } from "./subjects.ts";

/** Service whose requests are derived. */
export interface DerivationOptions {
  readonly api: ApiDocument;
  readonly suite: Suite;
  /** Whether all requests have credentials, which the service then has to require. */
  readonly hasCredentials: boolean;
  /** Whether every operation gets all rows instead of each kind of value once, and a part of them elsewhere. */
  readonly isFull: boolean;
  /** Uses of tables by kind, common to all documents of a run. */
  readonly uses: Map<string, number>;
}

/** Differences of a request from a valid one. */
export interface Changes {
  /** Path instead of the operation's. */
  readonly path?: string;
  /** Query without its question mark, instead of that of required parameters. */
  readonly query?: string;
  /** Field names that are left out. */
  readonly without?: string;
  /** Fields that replace those of the same name. */
  readonly fields?: readonly Field[];
  /** Byte text. */
  readonly body?: string;
  readonly mediaType?: string;
}

/** Makes rows of an OpenAPI document's operations. */
export class Derivation {
  readonly api: ApiDocument;
  readonly suite: Suite;
  readonly subjects: Subjects;
  readonly hasCredentials: boolean;
  readonly #isFull: boolean;
  readonly #uses: Map<string, number>;

  constructor({ api, suite, hasCredentials, isFull, uses }: DerivationOptions) {
    this.#uses = uses;
    this.api = api;
    this.suite = suite;
    this.subjects = new Subjects(api, suite);
    this.hasCredentials = hasCredentials;
    this.#isFull = isFull;
  }

  /** Returns all values of a table for the first user of its kind, and a sixth of them, by turns, for the others. */
  share<T>(kind: string, values: readonly T[]): readonly T[] {
    const use = this.#uses.get(kind) ?? 0;
    this.#uses.set(kind, use + 1);
    return use === 0 || this.#isFull ? values : values.filter((_, index) => index % 6 === use % 6);
  }

  /** Returns a valid request but for the changes, and the preparation of what it needs. */
  request(
    operation: Operation,
    changes: Changes = {},
  ): { readonly given?: Given; readonly request: FramedRequest } {
    const { method, path } = operation;
    const mediaType = changes.mediaType ?? mediaTypeOf(operation);
    const body = changes.body ?? asBytes(this.subjects.bodyOf(operation, mediaType));
    const own: readonly Field[] = [
      ...this.subjects.fieldsOf(operation),
      ...body === undefined || mediaType === undefined ? [] : [["Content-Type", mediaType] as const],
    ];
    const replaced = new Set(
      [changes.without, ...changes.fields?.map(([name]) => name) ?? []].map((name) => name?.toLowerCase()),
    );
    const fields = [...own.filter(([name]) => !replaced.has(name.toLowerCase())), ...changes.fields ?? []];
    const query = changes.query === undefined ? this.subjects.queryOf(operation) : `?${changes.query}`;
    const needs = path.includes("}") || this.suite.given !== undefined;
    return {
      ...needs && { given: this.subjects.given(path) },
      request: {
        line: `${method} ${changes.path ?? path}${query}`,
        fields,
        ...body !== undefined && { body },
      },
    };
  }

  /** Returns the first of some statuses that an operation declares; all of them if it declares none. */
  declared({ responses }: Operation, ...statuses: readonly number[]): Statuses {
    return statuses.find((status) => responses.has(String(status))) ?? statuses;
  }

  /** Statuses of success that an operation declares. */
  success({ path, responses }: Operation): Statuses {
    if (this.subjects.isUnknown(path)) return "any";
    const statuses = [...responses.keys()].filter((status) => /^2\d\d$/.test(status)).map(Number);
    return statuses.length === 0 ? "2xx" : statuses;
  }

  /** Row that sends a text as a parameter's value. */
  expectText(
    operation: Operation,
    { name, isValid }: { readonly name: string; readonly isValid: boolean },
  ): Row["expect"] {
    if (!isValid) {
      return {
        status: this.declared(operation, 400, 422),
        section: "RFC 9110, section 15.5.1",
        fault: name,
        operation,
      };
    }
    return { status: "any", echoes: true, operation };
  }
}

/** A text with an id in place of each placeholder, to be compared with a schema. */
export function withoutPlaceholders(text: string): string {
  return text.replaceAll(/\{[A-Za-z_]+\}/g, FRESH);
}

/** Key of a table's users: the type and the format of a schema. */
export function kindOf(api: ApiDocument, schema: Schema): string {
  const { type, format, enum: values } = api.resolve(schema);
  return [type].flat().join("|") + (format === undefined ? "" : `:${format}`) +
    (values === undefined ? "" : ":enum");
}

function asBytes(text: string | undefined): string | undefined {
  return text === undefined ? undefined : utf8(text);
}
