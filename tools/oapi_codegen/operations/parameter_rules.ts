import type { Shape } from "@archway/server/operation.ts";
import { nestedShape } from "@archway/server/parameters/nested_fields.ts";
import type { Located } from "../document/json_value.ts";
import type { ParameterModel } from "./model.ts";
import type { References } from "../document/references.ts";

/**
 * Returns the parameters without those of the path that it does not contain. Rejects them if the path has variables
 * without a parameter, since one of the names is then misspelt.
 */
export function inTemplate(
  parameters: readonly ParameterModel[],
  { operation, path, references }: { operation: Located; path: string; references: References },
): readonly ParameterModel[] {
  const { diagnostics } = references;
  const variables = [...path.matchAll(/\{([^{}]*)\}/g)].map(([, name = ""]) => name);
  const isMisspelt = parameters.some(({ in: location, schema }) =>
    location === "path" && schema.pointer === operation.pointer
  );
  return parameters.filter(({ in: location, name }) => {
    if (location !== "path" || variables.includes(name)) return true;
    if (isMisspelt) {
      diagnostics.add(
        operation.pointer,
        `The path parameter "${name}" is not in the path; add {${name}} or remove it`,
      );
    } else {
      diagnostics.warn(operation.pointer, `The path parameter "${name}" is not in the path; it is ignored`);
    }
    return false;
  });
}

/**
 * Returns a parameter as it can be read. Where OpenAPI does not define how a style represents the shape of a schema, it is
 * read in a form that clients do send, with a warning.
 */
export function serializable(
  parameter: ParameterModel,
  { at, references }: { at: string; references: References },
): ParameterModel {
  const { shape, style, explode, in: location } = parameter;
  const { diagnostics } = references;
  const isList = nestedShape(shape)?.kind === "array";
  if (style === "deepObject") {
    if (nestedShape(shape) === undefined) {
      diagnostics.warn(at, "The style deepObject is for objects: the parameter is read in the style form");
      return { ...parameter, style: "form" };
    }
    if (!explode) {
      diagnostics.warn(at, "The style deepObject is always exploded: it is read as name[member]=value");
    }
    return { ...parameter, explode: true };
  }
  if (style === "spaceDelimited" || style === "pipeDelimited") {
    if (!isList) {
      diagnostics.warn(at, `The style ${style} is for lists: the parameter is read in the style form`);
      return serializable({ ...parameter, style: "form" }, { at, references });
    }
    if (explode) {
      diagnostics.warn(at, "An exploded list has no delimiter: it is read as a repeated parameter");
    }
    if (explode) return serializable({ ...parameter, style: "form" }, { at, references });
  }
  const isForm = location === "query" && style === "form" && explode && shape.kind === "object";
  if (isForm || !innerShapes(shape).some(isNested)) return parameter;
  diagnostics.warn(
    at,
    "OpenAPI does not define how nested values are serialized in this style: the parameter is read as JSON text",
  );
  return { ...parameter, explode: false, shape: { kind: "any" }, content: "json" };
}

function innerShapes(shape: Shape): readonly Shape[] {
  const nested = nestedShape(shape);
  if (nested?.kind === "array") return [nested.items];
  if (nested?.kind !== "object") return [];
  return [
    ...Object.values(nested.properties),
    ...(nested.additional === undefined ? [] : [nested.additional]),
  ];
}

function isNested(shape: Shape): boolean {
  return shape.kind === "json" || shape.kind === "array" || shape.kind === "object";
}

/** Rejects query names that belong to both an exploded object and another parameter. */
export function checkExploded(
  parameters: readonly ParameterModel[],
  { operation, references }: { operation: Located; references: References },
): void {
  const taken = new Set<string>();
  let open = 0;
  for (const { name, in: location, style, explode, shape } of parameters) {
    if (location !== "query") continue;
    const exploded = style === "form" && explode && shape.kind === "object";
    const names = exploded ? Object.keys(shape.properties) : [name];
    if (exploded && shape.additional !== undefined) open += 1;
    for (const one of names) {
      if (taken.has(one)) {
        references.diagnostics.add(
          operation.pointer,
          `The query's "${one}" belongs to two parameters; rename one, or use deepObject`,
        );
      }
      taken.add(one);
    }
  }
  if (open > 1) {
    references.diagnostics.add(
      operation.pointer,
      "Two exploded objects accept any name; use deepObject",
    );
  }
}
