import {
  type Expectation,
  type Field,
  type FramedRequest,
  type Given,
  type Row,
  shorten,
  type Statuses,
  utf8,
} from "../row.ts";
import type { Suite } from "../suite.ts";
import type { ApiDocument, Operation, Schema } from "./api_document.ts";
import { mediaTypeOf, Subjects } from "./subjects.ts";

/** Service whose requests are derived. */
export interface DerivationOptions {
  readonly api: ApiDocument;
  readonly suite: Suite;
  /** Whether all requests have credentials, which the service then has to require. */
  readonly hasCredentials: boolean;
  /** Whether every operation gets all rows instead of each kind of value once, and a part of them elsewhere. */
  readonly isFull: boolean;
  /** Whether even the first user of a kind gets a part of it. */
  readonly isBrief: boolean;
  /** Uses of tables by kind, common to all documents of a run. */
  readonly uses: Map<string, number>;
}

/** Differences of a request from a valid one. */
export interface Changes {
  readonly method?: string;
  /** Path instead of the operation's. */
  readonly path?: string;
  /** Query without its question mark, instead of that of required parameters. */
  readonly query?: string;
  /** Field that is left out. */
  readonly without?: string;
  /** Fields that replace those of the same name. */
  readonly fields?: readonly Field[];
  /** Byte text. */
  readonly body?: string;
  readonly mediaType?: string;
  readonly isAnonymous?: boolean;
  /** Preparation instead of that of the path. */
  readonly given?: Given;
}

/** Parts of a table, of which later users of its kind get one. */
const PARTS = 16;

/** Makes rows of an OpenAPI document's operations. */
export class Derivation {
  readonly api: ApiDocument;
  readonly isExact: boolean;
  readonly subjects: Subjects;
  readonly hasCredentials: boolean;
  readonly #options: DerivationOptions;

  constructor(options: DerivationOptions) {
    this.#options = options;
    this.api = options.api;
    this.isExact = options.suite.isExact === true;
    this.subjects = new Subjects(options.api, options.suite);
    this.hasCredentials = options.hasCredentials;
  }

  /** Returns all values of a table for the first user of its kind, and one of {@link PARTS}, by turns, for the others. */
  share<T>(kind: string, values: readonly T[]): readonly T[] {
    const { uses, isFull, isBrief } = this.#options;
    const use = uses.get(kind) ?? Number(isBrief);
    uses.set(kind, use + 1);
    return use === 0 || isFull ? values : values.filter((_, index) => index % PARTS === use % PARTS);
  }

  /** Returns a row that sends a valid request but for the changes, which are its name. */
  row(operation: Operation, changes: Changes, expect: Statuses | Expectation, isHouseRule = false): Row {
    const { path, method } = operation;
    const isTooLong = (changes.body?.length ?? 0) > (operation.maxBodyBytes ?? Infinity);
    const wanted = typeof expect === "object" && "status" in expect ? expect : { status: expect };
    const expected = isTooLong ? { status: 413, section: "RFC 9110, section 15.5.14" } : wanted;
    return {
      name: [changes.method ?? method, path, ...describe(changes)].join(" "),
      given: changes.given ?? this.subjects.given(path),
      request: this.#request(operation, changes),
      expect: { operation: changes.method === undefined ? operation : undefined, ...expected },
      operation,
      isHouseRule,
    };
  }

  #request(operation: Operation, changes: Changes): FramedRequest {
    const mediaType = changes.mediaType ?? mediaTypeOf(operation);
    const sample = this.subjects.bodyOf(operation, mediaType);
    const body = changes.body ?? (sample === undefined ? undefined : utf8(sample));
    const type: readonly Field[] = body === undefined || mediaType === undefined
      ? []
      : [["Content-Type", mediaType]];
    const { fields = [], isAnonymous = false } = changes;
    const replaced = [changes.without ?? "", ...fields.map(([name]) => name)].map((name) =>
      name.toLowerCase()
    );
    const own = [...this.subjects.fieldsOf(operation), ...type].filter(([name]) =>
      !replaced.includes(name.toLowerCase())
    );
    const query = changes.query === undefined ? this.subjects.queryOf(operation) : `?${changes.query}`;
    const line = `${changes.method ?? operation.method} ${changes.path ?? operation.path}${query}`;
    return { line, fields: [...own, ...fields], isAnonymous, ...body !== undefined && { body } };
  }

  /** Returns the status that is right if an operation declares it; otherwise those that are as good to clients, too. */
  declared({ responses }: Operation, status: number, ...others: readonly number[]): Statuses {
    return responses.has(String(status)) ? status : [status, ...others];
  }

  /** Returns the statuses of success that an operation declares; any if its item cannot be created. */
  success({ path, responses }: Operation): Statuses {
    if (this.subjects.isUnknown(path)) return "any";
    const statuses = [...responses.keys()].filter((status) => /^2\d\d$/.test(status)).map(Number);
    return statuses.length === 0 ? "2xx" : statuses;
  }

  /** Returns the statuses of a request that the document allows. */
  allowed(operation: Operation): Statuses {
    return this.isExact ? this.success(operation) : "any";
  }

  /** Returns the kind of a schema's values: its types and its format. */
  kindOf(schema: Schema): string {
    const { type, format, enum: values } = this.api.resolve(schema);
    return `${[type].flat().join("|")}${format === undefined ? "" : `:${format}`}${
      values === undefined ? "" : ":enum"
    }`;
  }
}

function describe(
  { query, path, without, fields = [], body, mediaType, isAnonymous }: Changes,
): readonly string[] {
  return [
    ...[query, path, mediaType, body].filter((text) => text !== undefined).map(shorten),
    ...without === undefined ? [] : [`without ${without}`],
    ...fields.map(([name, value]) => `${name}: ${shorten(value)}`),
    ...isAnonymous && fields.length === 0 ? ["without credentials"] : [],
  ];
}
