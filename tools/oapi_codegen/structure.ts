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
 * Notes everything in the document's outer structure that OpenAPI 3.1 does not know: misspelt fields, wrong kinds
 * of value, missing ones. What the parts mean is checked elsewhere; what was noted there is not noted again.
 */
export async function checkStructure(document: JsonObject, diagnostics: DiagnosticList): Promise<void> {
  const { styleguide } = await redoclyConfig("error");
  const problems = await lintDocument({
    // Refers to nothing on the disk: references to other files are refused before.
    document: { source: new Source("document.json", JSON.stringify(document)), parsed: document },
    config: styleguide,
    externalRefResolver: new BaseResolver(),
  });
  for (const { message, location, suggest } of problems) {
    const pointer = (location[0]?.pointer ?? "").replace(/^#\/?$|^#/, "");
    // The library takes a property called "constructor" for what every object inherits.
    if (pointer.slice(pointer.lastIndexOf("/") + 1) in Object.prototype || diagnostics.has(pointer)) continue;
    const advice = suggest[0] === undefined ? "" : `; did you mean ${suggest[0]}?`;
    const text = message.replaceAll("`", "").replaceAll(/\s*\n\s*/g, " ").trim().replace(/\.$/, "");
    diagnostics.add(pointer, `${text}${advice}`);
  }
}

/** One rule, and a home of its own: without it the library would load plugins from the working directory. */
export function redoclyConfig(struct: "error" | "off"): Promise<RedoclyConfig> {
  return createConfig({ rules: { struct } }, {
    configPath: join(import.meta.dirname ?? ".", "redocly.yaml"),
  });
}
