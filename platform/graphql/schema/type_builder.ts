import { arrayOf, type JsonObject, objectOf, textOf } from "@archway/service_kit/json_object.ts";
import {
  getNullableType,
  GraphQLBoolean,
  GraphQLEnumType,
  type GraphQLFieldConfigMap,
  GraphQLFloat,
  GraphQLID,
  type GraphQLInputFieldConfigMap,
  GraphQLInputObjectType,
  type GraphQLInputType,
  GraphQLInt,
  GraphQLList,
  type GraphQLNamedType,
  GraphQLNonNull,
  GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLScalarType,
  GraphQLString,
} from "graphql";
import type { ResolverContext } from "../execution/request_state.ts";
import { type ApiDocument, FaceError, typesOf } from "./api_document.ts";
import { enumName, typeName } from "./names.ts";
import { DATE, DATE_TIME, DECIMAL, INT64, JSON_VALUE } from "./scalars.ts";

/** Fields of an object type. */
export type Fields = GraphQLFieldConfigMap<unknown, ResolverContext>;

/** Options of {@link TypeBuilder}. */
export interface TypeBuilderOptions {
  /** Scalars by "Type.property" that documents do not state. */
  readonly scalars: ReadonlyMap<string, "Decimal" | "Int64">;
  /** Returns the fields that a type has besides its properties. */
  readonly extraFields: (type: string) => Fields;
}

/** Schema at a place of a document. */
export interface SchemaPlace {
  readonly document: ApiDocument;
  readonly schema: unknown;
  /** Name of the type if the schema is no component. */
  readonly name: string;
}

type NullableOutput =
  | GraphQLScalarType
  | GraphQLEnumType
  | GraphQLObjectType<unknown, ResolverContext>
  | GraphQLList<GraphQLOutputType>;

type NullableInput =
  | GraphQLScalarType
  | GraphQLEnumType
  | GraphQLInputObjectType
  | GraphQLList<GraphQLInputType>;

const MAX_INT32 = 2 ** 31 - 1;

/** Builder of GraphQL types from the schemas of OpenAPI documents. Components become types of their name. */
export class TypeBuilder {
  readonly #options: TypeBuilderOptions;
  readonly #objects = new Map<string, GraphQLObjectType<unknown, ResolverContext>>();
  readonly #inputs = new Map<string, GraphQLInputObjectType>();
  readonly #enums = new Map<string, GraphQLEnumType>();
  /** Schemas that the types are made of, by name. */
  readonly #sources = new Map<string, string>();

  constructor(options: TypeBuilderOptions) {
    this.#options = options;
  }

  /** Returns an object type that was built. */
  object(name: string): GraphQLObjectType<unknown, ResolverContext> | undefined {
    return this.#objects.get(name);
  }

  /** Builds an object type that no document has, once. @throws {FaceError} if a schema has its name. */
  own(
    name: string,
    make: (name: string) => GraphQLObjectType<unknown, ResolverContext>,
  ): GraphQLObjectType<unknown, ResolverContext> {
    return this.#once(this.#objects, { name, source: `own ${name}` }, make);
  }

  /** Returns the type of values in responses, nullable if the schema is. */
  output(place: SchemaPlace): GraphQLOutputType {
    const type = this.#output(place);
    return isNullable(place) ? type : new GraphQLNonNull(type);
  }

  /** Returns the type of values in requests, nullable if the schema is. */
  input(place: SchemaPlace): GraphQLInputType {
    const type = this.#input(place);
    return isNullable(place) ? type : new GraphQLNonNull(type);
  }

  #output(place: SchemaPlace): NullableOutput {
    const { document, schema: written } = place;
    const { schema, name = place.name } = document.resolve(written);
    const leaf = this.#leaf(schema, { ...place, name });
    if (leaf !== undefined) return leaf;
    if (typesOf(schema).includes("array")) {
      return new GraphQLList(this.output({ document, schema: schema["items"], name: `${place.name}Item` }));
    }
    const properties = propertiesOf(document, schema);
    if (properties === undefined) return JSON_VALUE;
    return this.#once(
      this.#objects,
      { name: typeName(name), source: properties },
      (typeName) =>
        new GraphQLObjectType<unknown, ResolverContext>({
          name: typeName,
          description: textOf(schema["description"]) ?? null,
          fields: () => ({
            ...Object.fromEntries(properties.map(({ name: property, schema: value, isRequired }) => {
              const type = this.output({ document, schema: value, name: `${typeName}${capital(property)}` });
              const description = textOf(document.resolve(value).schema["description"]) ?? null;
              return [property, {
                type: isRequired ? type : getNullableType(type),
                description,
                ...deprecation(document, value),
              }];
            })),
            ...this.#options.extraFields(typeName),
          }),
        }),
    );
  }

  #input(place: SchemaPlace): NullableInput {
    const { document, schema: written } = place;
    const { schema, name } = document.resolve(written);
    const leaf = this.#leaf(schema, { ...place, name: name ?? place.name });
    if (leaf !== undefined) return leaf;
    if (typesOf(schema).includes("array")) {
      return new GraphQLList(this.input({ document, schema: schema["items"], name: `${place.name}Item` }));
    }
    const properties = propertiesOf(document, schema);
    if (properties === undefined) return JSON_VALUE;
    return this.#once(
      this.#inputs,
      { name: `${typeName(name ?? place.name)}Input`, source: properties },
      (typeName) =>
        new GraphQLInputObjectType({
          name: typeName,
          description: textOf(schema["description"]) ?? null,
          fields: (): GraphQLInputFieldConfigMap =>
            Object.fromEntries(properties.map(({ name: property, schema: value, isRequired }) => {
              const base = typeName.replace(/Input$/, "");
              const type = this.input({ document, schema: value, name: `${base}${capital(property)}` });
              const description = textOf(document.resolve(value).schema["description"]) ?? null;
              return [property, { type: isRequired ? type : getNullableType(type), description }];
            })),
        }),
    );
  }

  /** Returns the scalar or enum of a schema; undefined for objects and lists. */
  #leaf(schema: JsonObject, { name }: SchemaPlace): GraphQLScalarType | GraphQLEnumType | undefined {
    const values = arrayOf(schema["enum"]).filter((value) => value !== null);
    const [type] = typesOf(schema).filter((one) => one !== "null");
    const texts = values.filter((value) => typeof value === "string");
    if (texts.length > 0 && texts.length === values.length) return this.#enum(name, schema, texts);
    const format = textOf(schema["format"]);
    switch (type) {
      case "string":
        return this.#declaredScalar(name) ?? TEXT_FORMATS[format ?? ""] ?? GraphQLString;
      case "integer": {
        const { maximum = Infinity, minimum = -Infinity } = schema;
        const isShort = format === "int32" || (Number(maximum) <= MAX_INT32 && Number(minimum) >= -MAX_INT32);
        return isShort ? GraphQLInt : INT64;
      }
      case "number":
        return GraphQLFloat;
      case "boolean":
        return GraphQLBoolean;
      case "object":
      case "array":
        return undefined;
      default:
        return schema["properties"] === undefined && schema["allOf"] === undefined ? JSON_VALUE : undefined;
    }
  }

  #declaredScalar(name: string): GraphQLScalarType | undefined {
    const declared = [...this.#options.scalars].find(([place]) =>
      place.split(".").map(capital).join("") === name
    );
    return declared && (declared[1] === "Decimal" ? DECIMAL : INT64);
  }

  #enum(name: string, schema: JsonObject, values: readonly string[]): GraphQLEnumType {
    return this.#once(
      this.#enums,
      { name: typeName(name), source: values },
      (typeName) =>
        new GraphQLEnumType({
          name: typeName,
          description: textOf(schema["description"]) ?? null,
          values: Object.fromEntries(values.map((value) => [enumName(value), { value }])),
        }),
    );
  }

  /** Builds a type once. @throws {FaceError} if another schema has its name. */
  #once<Type extends GraphQLNamedType>(
    types: Map<string, Type>,
    { name, source }: { readonly name: string; readonly source: unknown },
    make: (name: string) => Type,
  ): Type {
    const text = JSON.stringify(source);
    const known = this.#sources.get(name);
    const type = types.get(name) ?? make(name);
    if (known !== undefined && (known !== text || !types.has(name))) throw taken(name);
    types.set(name, type);
    this.#sources.set(name, text);
    return type;
  }
}

function taken(name: string): FaceError {
  return new FaceError(`GraphQL: two schemas become the type ${name}; rename a component of a document`);
}

const TEXT_FORMATS: Readonly<Record<string, GraphQLScalarType>> = {
  uuid: GraphQLID,
  "date-time": DATE_TIME,
  date: DATE,
  int64: INT64,
  decimal: DECIMAL,
};

/** Property of an object schema. */
interface Property {
  readonly name: string;
  readonly schema: unknown;
  readonly isRequired: boolean;
}

/** Returns the properties of a schema and those that it is composed of; undefined if it does not list any. */
function propertiesOf(document: ApiDocument, schema: JsonObject): readonly Property[] | undefined {
  const parts = [schema, ...arrayOf(schema["allOf"]).map((part) => document.resolve(part).schema)];
  const required = new Set(parts.flatMap((part) => arrayOf(part["required"])));
  const properties = parts.flatMap((part) => Object.entries(objectOf(part["properties"])));
  if (properties.length === 0) return undefined;
  return [...new Map(properties)].map(([name, value]) => ({
    name,
    schema: value,
    isRequired: required.has(name),
  }));
}

function isNullable({ document, schema }: SchemaPlace): boolean {
  const { schema: resolved } = document.resolve(schema);
  const types = typesOf(resolved);
  return types.includes("null") || (types.length === 0 && resolved["properties"] === undefined);
}

function deprecation(document: ApiDocument, schema: unknown): { readonly deprecationReason?: string } {
  const { schema: { deprecated } } = document.resolve(schema);
  return deprecated === true ? { deprecationReason: "Deprecated in the OpenAPI document" } : {};
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
