import {
  type DocumentNode,
  type GraphQLError,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  parse,
  validate,
  type ValidationRule,
  visit,
} from "graphql";
import { QueryPlans } from "../execution/plan/query_plans.ts";
import { enforceLimits, type QueryLimits } from "../limits/enforce_limits.ts";

/** Options of {@link DocumentCache}. */
export interface DocumentCacheOptions {
  readonly schema: GraphQLSchema;
  readonly rules: readonly ValidationRule[];
  readonly limits: QueryLimits;
  readonly hideSuggestions: boolean;
  /** Maximum length of all cached documents, in characters. */
  readonly capacity: number;
}

type Variables = Readonly<Record<string, unknown>>;

/** Maximum length of a document that is cached, in characters. */
const MAX_CACHED_LENGTH = 10_000;
/** Maximum number of validation errors of a document, after which validation stops. */
const MAX_ERRORS = 10;
/** Maximum number of costs that are cached for a document. */
const MAX_COSTS = 50;

/** Parses documents, and caches the valid ones that were used last: clients send few different ones. */
export class DocumentCache {
  readonly #options: DocumentCacheOptions;
  /** Documents by text, those that were used last at the end. */
  readonly #documents = new Map<string, ParsedDocument>();
  #length = 0;

  constructor(options: DocumentCacheOptions) {
    this.#options = options;
  }

  /** @throws {GraphQLError} for a syntax error, or too many tokens. */
  get(text: string): ParsedDocument {
    const known = this.#documents.get(text);
    if (known !== undefined) {
      this.#documents.delete(text);
      this.#documents.set(text, known);
      return known;
    }
    const { maxTokens } = this.#options.limits;
    const document = parse(text, { maxLexicalTokens: maxTokens, maxComments: maxTokens });
    return new ParsedDocument(document, { ...this.#options, onValid: (parsed) => this.#add(text, parsed) });
  }

  #add(text: string, document: ParsedDocument): void {
    if (text.length > MAX_CACHED_LENGTH || this.#documents.has(text)) return;
    this.#documents.set(text, document);
    this.#length += text.length;
    for (const [oldest] of this.#documents) {
      if (this.#length <= this.#options.capacity) return;
      this.#documents.delete(oldest);
      this.#length -= oldest.length;
    }
  }
}

interface ParsedDocumentOptions extends DocumentCacheOptions {
  readonly onValid: (document: ParsedDocument) => void;
}

/** A document that was parsed, and what follows from it for every request. */
export class ParsedDocument {
  readonly document: DocumentNode;
  readonly #options: ParsedDocumentOptions;
  readonly #costs = new Map<string, number>();
  #errors: readonly GraphQLError[] | undefined;
  #sizes: readonly string[] | undefined;
  #plans: QueryPlans | undefined;

  constructor(document: DocumentNode, options: ParsedDocumentOptions) {
    this.document = document;
    this.#options = options;
  }

  /** Returns the validation errors. */
  errors(): readonly GraphQLError[] {
    if (this.#errors !== undefined) return this.#errors;
    const { schema, rules, hideSuggestions, onValid } = this.#options;
    this.#errors = validate(schema, this.document, rules, { maxErrors: MAX_ERRORS, hideSuggestions });
    if (this.#errors.length === 0) onValid(this);
    return this.#errors;
  }

  /** Plans of its operations, if it is valid. */
  get plans(): QueryPlans {
    return this.#plans ??= new QueryPlans(this.document, this.#options.schema);
  }

  /** Returns the cost of an operation. @throws {GraphQLError} if it exceeds a limit. */
  costOf(operation: OperationDefinitionNode, variables: Variables): number {
    // Costly documents are refused by the first measurement, so only valid ones are looked at again.
    if (this.#errors?.length !== 0) return this.#measure(operation, variables);
    let key = operation.name?.value ?? "";
    for (const name of this.#sizes ??= pageVariables(this.document)) {
      const size = variables[name];
      key += typeof size === "number" ? ` ${size}` : " -";
    }
    const known = this.#costs.get(key);
    if (known !== undefined) return known;
    const cost = this.#measure(operation, variables);
    if (this.#costs.size < MAX_COSTS) this.#costs.set(key, cost);
    return cost;
  }

  #measure(operation: OperationDefinitionNode, variables: Variables): number {
    return enforceLimits(this.document, operation, { ...this.#options, variables });
  }
}

/** Returns the variables with the sizes of pages, on which the cost depends. */
function pageVariables(document: DocumentNode): readonly string[] {
  const names = new Set<string>();
  visit(document, {
    Argument({ name, value }): void {
      if (value.kind !== Kind.VARIABLE) return;
      if (name.value === "first" || name.value === "last") names.add(value.name.value);
    },
  });
  return [...names];
}
