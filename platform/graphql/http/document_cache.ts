import {
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  parse,
  validate,
  type ValidationRule,
} from "graphql";

/** A document that was parsed, and its validation errors. */
export interface CachedDocument {
  readonly document: DocumentNode;
  /** Validates it, once. */
  errors(): readonly GraphQLError[];
}

/** Options of {@link DocumentCache}. */
export interface DocumentCacheOptions {
  readonly schema: GraphQLSchema;
  readonly rules: readonly ValidationRule[];
  readonly maxTokens: number;
  readonly hideSuggestions: boolean;
  /** Maximum number of documents. */
  readonly capacity: number;
}

/** Maximum length of a document that is cached, in characters. */
const MAX_CACHED_LENGTH = 10_000;
/** Maximum number of validation errors of a document, after which validation stops. */
const MAX_ERRORS = 10;

/** Parses documents, and caches the valid ones that were used last: clients send few different ones. */
export class DocumentCache {
  readonly #options: DocumentCacheOptions;
  readonly #documents = new Map<string, CachedDocument>();

  constructor(options: DocumentCacheOptions) {
    this.#options = options;
  }

  /** @throws {GraphQLError} for a syntax error, or too many tokens. */
  get(text: string): CachedDocument {
    const known = this.#documents.get(text);
    if (known !== undefined) return known;
    const { schema, rules, maxTokens, hideSuggestions } = this.#options;
    const document = parse(text, { maxLexicalTokens: maxTokens, maxComments: maxTokens });
    let errors: readonly GraphQLError[] | undefined;
    const parsed: CachedDocument = {
      document,
      errors: () => {
        if (errors !== undefined) return errors;
        errors = validate(schema, document, rules, { maxErrors: MAX_ERRORS, hideSuggestions });
        if (errors.length === 0) this.#add(text, parsed);
        return errors;
      },
    };
    return parsed;
  }

  #add(text: string, document: CachedDocument): void {
    if (text.length > MAX_CACHED_LENGTH) return;
    this.#documents.set(text, document);
    if (this.#documents.size <= this.#options.capacity) return;
    const [oldest = ""] = this.#documents.keys();
    this.#documents.delete(oldest);
  }
}
