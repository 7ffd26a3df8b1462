import {
  GraphQLNonNull,
  GraphQLObjectType,
  GraphQLSchema,
  type GraphQLSchemaConfig,
  GraphQLString,
} from "graphql";
import type { CallProblem } from "@archway/server/operation_calls.ts";
import type { GraphqlFace, GraphqlRelation } from "@archway/service_kit/graphql_face.ts";
import type { RequestState, ResolverContext } from "../execution/request_state.ts";
import { ApiDocument, FaceError } from "./api_document.ts";
import { mutationField } from "./mutation_field.ts";
import { typeName } from "./names.ts";
import { PROBLEM_TYPES } from "./problem_types.ts";
import {
  type FieldSource,
  idParameter,
  listField,
  oneField,
  queryField,
  resourceType,
} from "./read_fields.ts";
import { subscriptionField } from "./subscription_field.ts";
import { type Fields, TypeBuilder } from "./type_builder.ts";

/** Options of {@link buildSchema}. */
export interface SchemaOptions {
  /** Converts an error to a problem, and logs it if it is a failure of the server. */
  readonly problemOf: (error: unknown, state: RequestState) => CallProblem;
}

/**
 * Builds the schema of the GraphQL faces of all services.
 *
 * @throws {FaceError} if a face names an operation or a type that does not exist, or one that cannot be a field.
 */
export function buildSchema(faces: readonly GraphqlFace[], { problemOf }: SchemaOptions): GraphQLSchema {
  const documents = faces.map((face) => ({ face, document: new ApiDocument(face.document) }));
  const operations = documents.map(({ face, document }) => ({
    face,
    sourceOf: (operationId: string): FieldSource => ({
      document,
      operation: document.operation(operationId),
      renamed: face.arguments?.[operationId] ?? {},
      description: face.descriptions?.[operationId],
    }),
  }));
  const readers = readersById(operations);
  const relations = operations.flatMap(({ face: { relations = {} }, sourceOf }) =>
    Object.entries(relations).map(([type, fields]) => ({ type, fields, sourceOf }))
  );
  const types: TypeBuilder = new TypeBuilder({
    scalars: new Map(faces.flatMap(({ scalars = {} }) => Object.entries(scalars))),
    extraFields: (type) => ({
      ...(readers.get(type)?.operation.hasEtag === true && ETAG),
      ...Object.assign(
        {},
        ...relations.filter((relation) => relation.type === type).map(({ fields, sourceOf }) =>
          relationFields(type, fields, { sourceOf, readers, types })
        ),
      ),
    }),
  });
  const query: Fields = {};
  const mutation: Fields = {};
  const subscription: Fields = {};
  for (const { face: { queries, mutations = {}, subscriptions = {} }, sourceOf } of operations) {
    for (const [field, operationId] of Object.entries(queries)) {
      addField(query, field, queryField(sourceOf(operationId), field, types));
    }
    for (const [field, operationId] of Object.entries(mutations)) {
      addField(mutation, field, mutationField(sourceOf(operationId), field, { types, problemOf }));
    }
    for (const [field, one] of Object.entries(subscriptions)) {
      const options = { field, subscription: one, types };
      addField(subscription, field, subscriptionField(sourceOf(one.itemsOf), options));
    }
  }
  const schema = new GraphQLSchema({
    query: new GraphQLObjectType<unknown, ResolverContext>({ name: "Query", fields: query }),
    ...rootType("mutation", mutation),
    ...rootType("subscription", subscription),
    types: [PROBLEM_TYPES.problem],
  });
  checkRelations(relations.map(({ type }) => type), types);
  return schema;
}

/** Returns the type of an operation's root fields, unless there are none. */
function rootType(operation: "mutation" | "subscription", fields: Fields): Partial<GraphQLSchemaConfig> {
  if (Object.keys(fields).length === 0) return {};
  const name = typeName(operation);
  return { [operation]: new GraphQLObjectType<unknown, ResolverContext>({ name, fields }) };
}

type SourceOf = (operationId: string) => FieldSource;

const ETAG: Fields = {
  etag: {
    type: new GraphQLNonNull(GraphQLString),
    description: "Version of the resource, for the argument `ifMatch`; the entity tag of the HTTP API.",
  },
};

/** Returns the operations that read a resource by id, by type. */
function readersById(
  operations: readonly { readonly face: GraphqlFace; readonly sourceOf: SourceOf }[],
): ReadonlyMap<string, FieldSource> {
  const sources = operations.flatMap(({ face: { queries }, sourceOf }) =>
    Object.values(queries).map(sourceOf)
  );
  const single = sources.filter(({ document, operation }) =>
    operation.method === "get" && document.resolve(operation.data).name !== undefined
  );
  // A reader by id alone comes last, as it can read relations, too.
  return new Map(
    single.toSorted((left, right) => Number(hasId(left)) - Number(hasId(right)))
      .map((source) => [resourceType(source), source]),
  );
}

function hasId({ operation }: FieldSource): boolean {
  return idParameter(operation) !== undefined;
}

interface RelationOptions {
  readonly sourceOf: SourceOf;
  readonly readers: ReadonlyMap<string, FieldSource>;
  readonly types: TypeBuilder;
}

function relationFields(
  type: string,
  fields: Readonly<Record<string, GraphqlRelation>>,
  { sourceOf, readers, types }: RelationOptions,
): Fields {
  return Object.fromEntries(
    Object.entries(fields).map(([field, relation]) => {
      if ("list" in relation) {
        const { list, where, description } = relation;
        return [field, listField(sourceOf(list), { field: `${type}.${field}`, types, where, description })];
      }
      const source = readers.get(relation.one);
      if (source === undefined || !hasId(source)) {
        throw new FaceError(`GraphQL: ${type}.${field} is a ${relation.one}, which no query reads by id`);
      }
      return [field, oneField(relation, { source, types })];
    }),
  );
}

function addField(fields: Fields, name: string, config: Fields[string]): void {
  if (name in fields) throw new FaceError(`GraphQL: two services have the field ${name}; rename one of them`);
  fields[name] = config;
}

function checkRelations(names: readonly string[], types: TypeBuilder): void {
  const missing = names.find((name) => types.object(name) === undefined);
  if (missing === undefined) return;
  throw new FaceError(
    `GraphQL: a service has relations of the type ${missing}, which no query or mutation returns`,
  );
}
