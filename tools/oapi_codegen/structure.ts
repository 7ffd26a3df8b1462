import {
  BaseResolver,
  type Config as RedoclyConfig,
  createConfig,
  lintDocument,
  Source,
} from "@redocly/openapi-core";
import { join } from "node:path";
import type { DiagnosticList } from "./diagnostics.ts";
import type { JsonValue } from "@archway/server/operation.ts";
import { replaceSchemas } from "./document/schema_positions.ts";
import { isArray, isObject, type JsonObject } from "./json_value.ts";
import { LIST_KEYWORDS, MAP_KEYWORDS, SCHEMA_KEYWORDS } from "./schema_walk.ts";

/**
 * Adds diagnostics for structural errors of the document in OpenAPI 3.1. Examples are misspelt or missing fields. Other
 * checks cover the meaning of its parts; locations they have already reported are skipped.
 */
export async function checkStructure(document: JsonObject, diagnostics: DiagnosticList): Promise<void> {
  const { styleguide } = await redoclyConfig("error");
  const checked = replaceSchemas(document, ({ value }) => asObjects(value));
  const problems = await lintDocument({
    // Has no references to files: those are rejected before.
    document: { source: new Source("document.json", JSON.stringify(checked)), parsed: checked },
    config: styleguide,
    externalRefResolver: new BaseResolver(),
  });
  for (const { message, location, suggest } of problems) {
    const pointer = (location[0]?.pointer ?? "").replace(/^#\/?$|^#/, "");
    // The library mistakes a property called "constructor" for the inherited one.
    if (pointer.slice(pointer.lastIndexOf("/") + 1) in Object.prototype || diagnostics.has(pointer)) continue;
    const advice = suggest[0] === undefined ? "" : `; did you mean ${suggest[0]}?`;
    const text = message.replaceAll("`", "").replaceAll(/\s*\n\s*/g, " ").trim().replace(/\.$/, "");
    diagnostics.add(pointer, `${text}${advice}`);
  }
}

/** Returns a schema with objects in place of true and false, which the library does not know, and without its examples. */
function asObjects(schema: JsonValue): JsonValue {
  if (typeof schema === "boolean") return schema ? {} : { not: {} };
  if (!isObject(schema)) return schema;
  const parts = Object.entries(schema).filter(([name]) => name !== "examples").map(
    ([name, item]): [string, JsonValue] => {
      if (SCHEMA_KEYWORDS.includes(name)) return [name, asObjects(item)];
      if (LIST_KEYWORDS.includes(name) && isArray(item)) return [name, item.map(asObjects)];
      if (!MAP_KEYWORDS.includes(name) || !isObject(item)) return [name, item];
      return [name, Object.fromEntries(Object.entries(item).map(([key, part]) => [key, asObjects(part)]))];
    },
  );
  return Object.fromEntries(parts);
}

/** Creates a configuration with one rule. Its own path prevents loading plugins from the working directory. */
export function redoclyConfig(struct: "error" | "off"): Promise<RedoclyConfig> {
  return createConfig({ rules: { struct } }, {
    configPath: join(import.meta.dirname ?? ".", "redocly.yaml"),
  });
}
