import openapiTS, {
  astToString,
  type GlobalContext,
  type SchemaObject,
  transformSchemaObject,
} from "openapi-typescript";
import ts from "typescript";
import type { JsonValue } from "@archway/server/operation.ts";
import { isArray, isObject, type JsonObject, type Located, textMember, unescapeToken } from "./json_value.ts";
import type { SchemaAliases } from "./schema_aliases.ts";
import { redoclyConfig } from "./structure.ts";

/** TypeScript types of a document's schemas. */
export interface SchemaTypes {
  /** Declarations of `paths`, `webhooks`, `components`, `$defs` and `operations`. */
  readonly declarations: string;
  /** Returns the type of a schema, e.g. `string` or `Profile`. */
  typeOf(schema: Located): string;
}

/**
 * Generates the types with openapi-typescript 7. Discriminators are removed first: it would derive the property's value
 * from the schema's name, while these documents declare it with `const`. A file of a form is a `File`.
 */
export async function schemaTypes(document: JsonObject, aliases: SchemaAliases): Promise<SchemaTypes> {
  let context: GlobalContext | undefined;
  const ast = await openapiTS(JSON.stringify(withoutDiscriminators(document)), {
    silent: true,
    redocly: await redoclyConfig("off"),
    emptyObjectsUnknown: true,
    transform: ({ format }) =>
      format === "binary" ? ts.factory.createTypeReferenceNode("globalThis.File") : undefined,
    postTransform: (_, options) => {
      context ??= options.ctx;
      return undefined;
    },
  });
  return {
    declarations: astToString(ast).trimEnd(),
    typeOf({ value }): string {
      if (typeof value === "boolean") return value ? "unknown" : "never";
      const ref = textMember(value, "$ref")?.match(/^#\/components\/schemas\/([^/]+)$/)?.[1];
      if (ref !== undefined) return aliases.of(unescapeToken(decodeURIComponent(ref)));
      if (context === undefined) return "unknown";
      const schema: SchemaObject = JSON.parse(JSON.stringify(withoutDiscriminators(value)));
      const type = transformSchemaObject(schema, { path: "#/inline", ctx: context });
      const text = astToString([ts.factory.createTypeAliasDeclaration(undefined, "T", undefined, type)]);
      return text.trim().replace(/^type T = /, "").replace(/;$/, "");
    },
  };
}

/** Returns the document without the discriminators of its schemas; a property of that name stays. */
function withoutDiscriminators(value: JsonValue): JsonValue {
  if (isArray(value)) return value.map(withoutDiscriminators);
  if (!isObject(value)) return value;
  const kept = Object.entries(value).filter(([key, item]) =>
    key !== "discriminator" || textMember(item, "propertyName") === undefined
  );
  return Object.fromEntries(kept.map(([key, item]) => [key, withoutDiscriminators(item)]));
}
