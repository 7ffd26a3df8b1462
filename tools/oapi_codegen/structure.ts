import {
  BaseResolver,
  type Config as RedoclyConfig,
  createConfig,
  lintDocument,
  Source,
} from "@redocly/openapi-core";
import { join } from "node:path";
import type { DiagnosticList } from "./diagnostics.ts";
import type { JsonObject } from "./json_value.ts";

/**
 * Adds diagnostics for structural errors of the document in OpenAPI 3.1. Examples are misspelt or missing fields. Other
 * checks cover the meaning of its parts; locations they have already reported are skipped.
 */
export async function checkStructure(document: JsonObject, diagnostics: DiagnosticList): Promise<void> {
  const { styleguide } = await redoclyConfig("error");
  const problems = await lintDocument({
    // Has no references to files: those are rejected before.
    document: { source: new Source("document.json", JSON.stringify(document)), parsed: document },
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

/** Creates a configuration with one rule. Its own path prevents loading plugins from the working directory. */
export function redoclyConfig(struct: "error" | "off"): Promise<RedoclyConfig> {
  return createConfig({ rules: { struct } }, {
    configPath: join(import.meta.dirname ?? ".", "redocly.yaml"),
  });
}
