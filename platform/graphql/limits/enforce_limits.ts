import { type DocumentNode, GraphQLError, type GraphQLSchema, type OperationDefinitionNode } from "graphql";
import { measureDocument } from "./measure_document.ts";

/** Limits of documents. */
export interface QueryLimits {
  /** Maximum number of tokens. */
  readonly maxTokens: number;
  /** Maximum nesting of fields. */
  readonly maxDepth: number;
  /** Maximum number of aliases and repeated fields, those of fragments counted wherever they are spread. */
  readonly maxAliases: number;
  /** Maximum number of fragment spreads. */
  readonly maxSpreads: number;
  /** Maximum number of directives, counted likewise. */
  readonly maxDirectives: number;
  /** Maximum cost: a unit for each object that the response can have, and a tenth for each other value. */
  readonly maxCost: number;
}

/** Options of {@link enforceLimits}. */
interface EnforceOptions {
  readonly schema: GraphQLSchema;
  readonly limits: QueryLimits;
  /** Values of variables, as sent. */
  readonly variables: Readonly<Record<string, unknown>>;
}

/**
 * Returns the cost of an operation.
 *
 * @throws {GraphQLError} if it exceeds a limit. The message names the limit.
 */
export function enforceLimits(
  document: DocumentNode,
  operation: OperationDefinitionNode,
  { schema, limits, variables }: EnforceOptions,
): number {
  const { depth, aliases, spreads, directives, cost } = measureDocument(document, operation, {
    schema,
    variables,
  });
  const { maxDepth, maxAliases, maxSpreads, maxDirectives, maxCost } = limits;
  if (depth > maxDepth) throw exceeded(`is nested ${depth} fields deep; the limit is ${maxDepth}`);
  if (aliases > maxAliases) {
    throw exceeded(`has ${aliases} aliases and repeated fields; the limit is ${maxAliases}`);
  }
  if (spreads > maxSpreads) throw exceeded(`spreads ${spreads} fragments; the limit is ${maxSpreads}`);
  if (directives > maxDirectives) {
    throw exceeded(`has ${directives} directives; the limit is ${maxDirectives}`);
  }
  if (cost > maxCost) {
    throw exceeded(
      `has a cost of ${
        Math.ceil(cost)
      }; the limit is ${maxCost}. Select fewer fields or smaller pages with \`first\``,
    );
  }
  return cost;
}

function exceeded(reason: string): GraphQLError {
  return new GraphQLError(`The operation ${reason}`);
}
