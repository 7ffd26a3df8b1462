// @ts-types="./openapi_typescript.d.ts"
import { astToString } from "openapi-typescript/dist/lib/ts.mjs";
// @ts-types="./openapi_typescript.d.ts"
import { resolveRef } from "openapi-typescript/dist/lib/utils.mjs";
// @ts-types="./openapi_typescript.d.ts"
import transformSchema from "openapi-typescript/dist/transform/index.mjs";
import { replaceSchemas } from "../document/schema_positions.ts";
import type { Located } from "../document/json_value.ts";
import { plainDocument } from "../document/plain_document.ts";
import type { References } from "../document/references.ts";
import type { SchemaAliases } from "./schema_aliases.ts";
import { describe, TypeTexts, type TypeTextsOptions } from "./type_texts.ts";

/** TypeScript types of a document's schemas. */
export interface SchemaTypes {
  /** Declarations of `paths`, `webhooks`, `components`, `$defs` and `operations`. */
  readonly declarations: string;
  /** Returns the type of a schema, e.g. `string` or `Profile`. */
  typeOf(schema: Located): string;
  /** Returns the exported declarations of component schemas, and of other schemas that are referenced. */
  named(): string;
}

/** Options of the types. */
export type SchemaTypesOptions =
  & Pick<TypeTextsOptions, "binaryUses" | "hasDefault" | "int64">
  & { readonly aliases: SchemaAliases; readonly skeleton: TypeSkeleton };

/** Declarations of openapi-typescript with marks in the places of schemas. */
interface TypeSkeleton {
  readonly text: string;
  /** Schemas by the number of their mark. */
  readonly marked: readonly Located[];
}

/** Marks the place of a type in what openapi-typescript writes. */
const MARK = "archway:schema:";

/** Options of openapi-typescript: its defaults. */
const OPTIONS = {
  additionalProperties: false,
  alphabetize: false,
  arrayLength: false,
  conditionalEnums: false,
  dedupeEnums: false,
  defaultNonNullable: true,
  emptyObjectsUnknown: false,
  enum: false,
  enumValues: false,
  excludeDeprecated: false,
  exportType: false,
  generatePathParams: false,
  immutable: false,
  makePathsEnum: false,
  pathParamsAsTypes: false,
  propertiesRequiredByDefault: false,
  readWriteMarkers: false,
  rootTypes: false,
  rootTypesKeepCasing: false,
  rootTypesNoSchemaPrefix: false,
  silent: true,
  postTransform: undefined,
  transform: undefined,
  transformProperty: undefined,
} as const;

/**
 * Generates the declarations around the schemas. openapi-typescript writes them, but for the types of schemas: its own
 * cannot be recursive in lists, and have values that validators reject.
 */
export function typeSkeleton(references: References): TypeSkeleton {
  const marked: Located[] = [];
  const skeleton = replaceSchemas(plainDocument(references.root), (schema) => {
    marked.push({ value: references.at(schema.pointer)?.value ?? schema.value, pointer: schema.pointer });
    return { const: `${MARK}${marked.length - 1}` };
  });
  const ast = transformSchema(skeleton, {
    ...OPTIONS,
    discriminators: { objects: {}, refsHandled: [] },
    injectFooter: [],
    resolve: (ref) => resolveRef(skeleton, ref, { silent: true }),
  });
  return { text: astToString(ast).trimEnd(), marked };
}

/** Generates the types of schemas, and puts them into the declarations. */
export function schemaTypes(
  references: References,
  { aliases, skeleton: { text: skeleton, marked }, ...options }: SchemaTypesOptions,
): SchemaTypes {
  const texts = new TypeTexts({ ...options, references, nameOf: (pointer) => aliases.of(pointer) });
  let usesRequired = false;
  const declarations = skeleton.replaceAll(
    new RegExp(`^( *)(.*)"${MARK}(\\d+)"`, "gm"),
    (_, indent: string, start: string, index: string) => {
      const schema = marked[Number(index)];
      const text = schema === undefined ? "unknown" : typeOf(schema, indent);
      return `${indent}${start}${text}`;
    },
  ).replaceAll(/^ *\/\*\* @constant \*\/\n/gm, "");

  function typeOf(schema: Located, indent = ""): string {
    const component = /^\/components\/schemas\/[^/]+$/.test(schema.pointer);
    const text = component ? aliases.of(schema.pointer) : texts.of(schema, indent).text;
    usesRequired ||= text.includes("WithRequired<");
    return text;
  }

  function named(): string {
    const declared: string[] = [];
    // Types of referenced schemas that have no name of their own are added on the way.
    for (const [pointer, alias] of aliases) {
      const schema = references.at(pointer);
      if (schema === undefined) continue;
      declared.push(`${describe(schema)}export type ${alias} = ${texts.of(schema).text};\n`);
    }
    const text = declared.join("\n");
    return usesRequired || text.includes("WithRequired<") ? `${WITH_REQUIRED}\n${text}` : text;
  }

  return { declarations, typeOf, named };
}

/** Declaration of the type that types with required members of other schemas use. */
export const WITH_REQUIRED =
  `/** The type with these properties required, if it is an object that has them. */
type WithRequired<T, K extends PropertyKey> = T extends object
  ? T & { [P in keyof T as P extends K ? P : never]-?: T[P] }
  : T;
`;
