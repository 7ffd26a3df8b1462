import {
  GraphQLBoolean,
  GraphQLID,
  GraphQLNonNull,
  GraphQLObjectType,
  GraphQLString,
  GraphQLUnionType,
} from "graphql";
import { CONSISTENCY_TOKEN } from "@archway/service_kit/consistency_tokens.ts";
import type { CallProblem, CallResult } from "@archway/server/operation_calls.ts";
import { textOf } from "@archway/service_kit/json_object.ts";
import {
  ReportedProblem,
  type RequestState,
  type ResolverContext,
  resourceOf,
} from "../execution/request_state.ts";
import { FaceError } from "./api_document.ts";
import { callInput, fieldArguments } from "./arguments.ts";
import { nodeOf } from "./connection_types.ts";
import { fieldName, typeName } from "./names.ts";
import { PROBLEM_TYPES, type ProblemSource } from "./problem_types.ts";
import { type FieldConfig, type FieldSource, fieldTexts, resourceType } from "./read_fields.ts";
import type { Fields, TypeBuilder } from "./type_builder.ts";

/** Result of a mutation that succeeded. */
class Success {
  constructor(readonly result: CallResult, readonly id: unknown) {}
}

/** Options of {@link mutationField}. */
export interface MutationOptions {
  readonly types: TypeBuilder;
  /** Converts an error to a problem, and logs it if it is a failure of the server. */
  readonly problemOf: (error: unknown, state: RequestState) => CallProblem;
}

/**
 * Returns the field of `Mutation` for an operation that writes. Its type is a union of the success and its problems.
 *
 * @throws {FaceError} for a GET.
 */
export function mutationField(
  source: FieldSource,
  field: string,
  { types, problemOf }: MutationOptions,
): FieldConfig {
  const { operation } = source;
  const { operationId, body } = operation;
  if (operation.method === "get") throw new FaceError(`GraphQL: ${operationId} is a GET, so no mutation`);
  const { args, places } = fieldArguments({ ...source, types }, { field });
  const success = successType(source, field, types);
  const problems = [...new Set(operation.problems.flatMap((status) => PROBLEM_TYPES.of(status) ?? []))];
  const union = new GraphQLUnionType({
    name: `${typeName(field)}Result`,
    types: [success, ...problems],
    resolveType: (value) =>
      value instanceof Success ? success.name : PROBLEM_TYPES.of(value.problem.status)?.name,
  });
  return {
    type: new GraphQLNonNull(union),
    args,
    ...fieldTexts(source),
    resolve: async (_, sent: Readonly<Record<string, unknown>>, { state }) => {
      const input = callInput(places, sent, body?.contentType);
      try {
        return new Success(
          await state.write(operationId, input),
          args["id"] === undefined ? undefined : sent["id"],
        );
      } catch (error) {
        const found = problemOf(error, state);
        const type = PROBLEM_TYPES.of(found.problem.status);
        if (type === undefined || !problems.includes(type)) throw new ReportedProblem(found);
        return { ...found, places } satisfies ProblemSource;
      }
    },
  };
}

function successType(
  source: FieldSource,
  field: string,
  types: TypeBuilder,
): GraphQLObjectType<unknown, ResolverContext> {
  const { operation } = source;
  const isKeyed = operation.parameters.some(({ name }) => name.toLowerCase() === "idempotency-key");
  return types.own(`${typeName(field)}Success`, (name) =>
    new GraphQLObjectType<unknown, ResolverContext>({
      name,
      fields: {
        ...resourceField(source, types),
        ...(isKeyed && {
          replayed: {
            type: new GraphQLNonNull(GraphQLBoolean),
            description: "Whether an earlier request with the same key made the change.",
            resolve: (value) => successOf(value).replayed,
          },
        }),
        consistencyToken: {
          type: GraphQLString,
          description:
            "Sent as the header field `Consistency-Token`, it lets later requests see the change. Null if unknown.",
          resolve: (value) => textOf(successOf(value).headers[CONSISTENCY_TOKEN]) ?? null,
        },
      },
    }));
}

/** Returns the field of a mutation's resource, or of the id that it had. */
function resourceField(source: FieldSource, types: TypeBuilder): Fields {
  if (source.operation.data === undefined) {
    return {
      id: {
        type: new GraphQLNonNull(GraphQLID),
        description: "ID of the resource.",
        resolve: (value) => value instanceof Success ? value.id : null,
      },
    };
  }
  const name = resourceType(source);
  return {
    [fieldName(name)]: {
      type: types.output({ ...source, schema: source.operation.data, name }),
      resolve: (value) => nodeOf(resourceOf(successOf(value))),
    },
  };
}

function successOf(value: unknown): CallResult {
  if (value instanceof Success) return value.result;
  throw new TypeError("The source of a success is no result");
}
