import {
  type GraphQLFieldConfigMap,
  GraphQLInt,
  GraphQLInterfaceType,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  GraphQLString,
} from "graphql";
import type { CallProblem, ProblemDetails } from "@archway/server/operation_calls.ts";
import type { ResolverContext } from "../execution/request_state.ts";
import { argumentPath, type ArgumentPlaces } from "./arguments.ts";

/** Source of the types of problems. */
export interface ProblemSource extends CallProblem {
  /** Places of the arguments in the request of the operation. */
  readonly places: ArgumentPlaces;
}

/** Types of the problems of mutations. */
export interface ProblemTypes {
  readonly problem: GraphQLInterfaceType;
  /** Returns the type for a status; undefined if such a problem is an error of the request. */
  of(status: number): GraphQLObjectType<ProblemSource, ResolverContext> | undefined;
}

type ProblemFields = GraphQLFieldConfigMap<ProblemSource, ResolverContext>;

const text = { type: GraphQLString };
const required = { type: new GraphQLNonNull(GraphQLString) };

interface Violation {
  readonly path: readonly string[];
  readonly reason: string;
}

const VIOLATION = new GraphQLObjectType<Violation>({
  name: "Violation",
  description: "A validation error of an argument.",
  fields: {
    path: {
      type: new GraphQLNonNull(new GraphQLList(new GraphQLNonNull(GraphQLString))),
      description: 'Path to the value from the arguments of the field, such as ["input", "amount"].',
    },
    reason: { ...required, description: "Reason, without the value." },
  },
});

const COMMON: ProblemFields = {
  type: {
    ...required,
    description:
      'URI reference of the problem type, as in the responses of the HTTP API, such as "/problems/email-taken".',
    resolve: ({ problem }) => problem.type,
  },
  title: { ...required, description: "Title of the problem type.", resolve: ({ problem }) => problem.title },
  status: {
    type: new GraphQLNonNull(GraphQLInt),
    description: "Status of the HTTP response that would have the problem.",
    resolve: ({ problem }) => problem.status,
  },
  detail: { ...text, description: "Cause, and what to do.", resolve: ({ problem }) => detailOf(problem) },
  instance: {
    ...required,
    description: "URI of this occurrence, which the log of the service has too.",
    resolve: ({ problem }) => problem.instance,
  },
};

const PROBLEM = new GraphQLInterfaceType({
  name: "Problem",
  description: "Reason why a mutation was refused (RFC 9457). Nothing was changed.",
  fields: Object.fromEntries(
    Object.entries(COMMON).map(([name, { type, description = null }]) => [name, { type, description }]),
  ),
});

/** Problems that callers of a mutation handle, by status. All others are errors of the request. */
const TYPES:
  readonly (readonly [statuses: readonly number[], GraphQLObjectType<ProblemSource, ResolverContext>])[] = [
    [
      [400, 422],
      problemType(
        "InvalidInputProblem",
        "The input is invalid, or a rule of the domain forbids the change.",
        {
          violations: {
            type: new GraphQLNonNull(new GraphQLList(new GraphQLNonNull(VIOLATION))),
            description: "All validation errors; empty if a rule forbids the change.",
            resolve: violationsOf,
          },
        },
      ),
    ],
    [
      [403],
      problemType("ForbiddenProblem", "The access token lacks a scope, or the caller may not do this."),
    ],
    [
      [404],
      problemType("NotFoundProblem", "The resource does not exist, or is not accessible to the caller."),
    ],
    [
      [409, 410],
      problemType("ConflictProblem", "The change conflicts with the current state.", {
        retryAfter: {
          type: GraphQLInt,
          description: "Seconds after which to repeat the mutation; null if that does not help.",
          resolve: ({ headers }) => {
            const seconds = headers.get("Retry-After");
            return seconds === null ? null : Number(seconds);
          },
        },
      }),
    ],
    [
      [412],
      problemType("VersionProblem", "The resource was modified since it was read.", {
        currentEtag: {
          ...text,
          description: "Current version. Read the resource again before repeating the change.",
          resolve: ({ headers }) => headers.get("ETag"),
        },
      }),
    ],
  ];

/** Types of the problems of mutations. */
export const PROBLEM_TYPES: ProblemTypes = {
  problem: PROBLEM,
  of: (status) => TYPES.find(([statuses]) => statuses.includes(status))?.[1],
};

/** Returns the detail of a problem in the terms of GraphQL. */
export function detailOf({ detail }: ProblemDetails): string | undefined {
  return detail?.replaceAll("invalidParams", "violations");
}

/** Returns the validation errors of a problem, with paths to the arguments of its field. */
export function violationsOf({ problem, places }: Omit<ProblemSource, "headers">): readonly Violation[] {
  return (problem.invalidParams ?? []).map(({ name, in: place, pointer, reason }) => ({
    path: argumentPath(places, { name, place, pointer }),
    reason,
  }));
}

function problemType(
  name: string,
  description: string,
  fields: ProblemFields = {},
): GraphQLObjectType<ProblemSource, ResolverContext> {
  return new GraphQLObjectType<ProblemSource, ResolverContext>({
    name,
    description,
    interfaces: [PROBLEM],
    fields: { ...COMMON, ...fields },
  });
}
