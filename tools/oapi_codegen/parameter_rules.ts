import type { Located } from "./json_value.ts";
import type { ParameterModel } from "./model.ts";
import type { References } from "./references.ts";

/** Rejects path parameters that the path does not contain. */
export function checkTemplate(
  parameters: readonly ParameterModel[],
  { operation, path, references }: { operation: Located; path: string; references: References },
): void {
  const { diagnostics } = references;
  const variables = [...path.matchAll(/\{([^{}]*)\}/g)].map((match) => match[1] ?? "");
  const declared = parameters.filter((parameter) => parameter.in === "path").map((parameter) =>
    parameter.name
  );
  for (const name of declared) {
    if (!variables.includes(name)) {
      diagnostics.add(
        operation.pointer,
        `The path parameter "${name}" is not in the path; add {${name}} or remove it`,
      );
    }
  }
}

/** Rejects a style that cannot represent the shape of its schema. */
export function checkShape(
  parameter: ParameterModel,
  { at, references }: { at: string; references: References },
): void {
  const { shape, style, explode } = parameter;
  const { diagnostics } = references;
  if (style === "deepObject" && (shape.kind !== "object" || !explode)) {
    diagnostics.add(
      at,
      "The style deepObject is for type object with explode: true; choose another style or schema",
    );
  }
  if ((style === "spaceDelimited" || style === "pipeDelimited") && (shape.kind !== "array" || explode)) {
    diagnostics.add(
      at,
      `The style ${style} is for type array with explode: false; choose form, or write both`,
    );
  }
  if (parameter.in === "cookie" && explode && (shape.kind === "array" || shape.kind === "object")) {
    diagnostics.add(at, "A cookie has one value; write explode: false for a list or an object");
  }
  const inner = shape.kind === "array"
    ? [shape.items]
    : shape.kind === "object"
    ? [...Object.values(shape.properties), ...(shape.additional === undefined ? [] : [shape.additional])]
    : [];
  const nested = inner.some(({ kind }) => kind === "object" || kind === "array" && style !== "deepObject");
  if (nested) {
    diagnostics.add(
      at,
      "OpenAPI does not define how nested values are serialized; use content: application/json",
    );
  }
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
