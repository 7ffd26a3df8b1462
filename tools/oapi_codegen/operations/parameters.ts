import type { ParameterLocation, ParameterStyle, Shape } from "@archway/server/operation.ts";
import { child, elements, entries, type Located, member, textMember } from "../document/json_value.ts";
import type { ParameterModel } from "./model.ts";
import { checkExploded, inTemplate, serializable } from "./parameter_rules.ts";
import { isJsonType } from "../media/binary_schema.ts";
import { parameterShape } from "./parameter_shape.ts";
import type { References } from "../document/references.ts";

/** Styles by location, the default first (OpenAPI 3.1, section 4.8.12.2). */
const STYLES: Readonly<Record<ParameterLocation, readonly ParameterStyle[]>> = {
  path: ["simple", "label", "matrix"],
  query: ["form", "spaceDelimited", "pipeDelimited", "deepObject"],
  header: ["simple"],
  cookie: ["form"],
};

/**
 * Returns the parameters of an operation, including those of its path that it does not override. Adds diagnostics for
 * unsupported ones and omits them.
 */
export function readParameters(
  operation: Located,
  { pathItem, path, references }: { pathItem: Located; path: string; references: References },
): readonly ParameterModel[] {
  const found = new Map<string, ParameterModel>();
  for (const level of [pathItem, operation]) {
    const seen = new Set<string>();
    for (const element of elements(level, "parameters")) {
      const parameter = readParameter(element, references);
      if (parameter === undefined) continue;
      const name = parameter.in === "header" ? parameter.name.toLowerCase() : parameter.name;
      const key = `${parameter.in} ${name}`;
      if (seen.has(key)) {
        references.diagnostics.add(element.pointer, "The parameter is declared twice; remove one");
      }
      seen.add(key);
      found.set(key, parameter);
    }
  }
  const parameters = [...found.values()];
  const declared = new Set(parameters.filter((parameter) => parameter.in === "path").map(({ name }) => name));
  const variables = [...path.matchAll(/\{([^{}]*)\}/g)].map(([, name = ""]) => name);
  parameters.push(
    ...variables.filter((name) => !declared.has(name)).map((name) => undeclared(name, operation)),
  );
  const usable = inTemplate(parameters, { operation, path, references });
  checkExploded(usable, { operation, references });
  return usable;
}

/** Returns the parameter of a path variable that the document does not declare: a text. */
function undeclared(name: string, { pointer }: Located): ParameterModel {
  return {
    ...{ name, in: "path", required: true, description: undefined, deprecated: false },
    ...{ style: "simple", explode: false, shape: { kind: "string" }, content: undefined, default: undefined },
    schema: { value: { type: "string" }, pointer },
  };
}

function readParameter(element: Located, references: References): ParameterModel | undefined {
  const { diagnostics } = references;
  const here = references.follow(element);
  if (here === undefined) return undefined;
  const at = here.pointer;
  const name = textMember(here.value, "name");
  const location = locationOf(textMember(here.value, "in"));
  if (name === undefined || name === "" || name === "__proto__") {
    diagnostics.add(at, "A parameter needs a name");
    return undefined;
  }
  if (location === undefined) {
    diagnostics.add(
      `${at}/in`,
      "Expected path, query, header or cookie; querystring needs content: application/x-www-form-urlencoded",
    );
    return undefined;
  }
  // OpenAPI ignores them (3.1, section 4.8.12.2): content and security declare these headers.
  if (location === "header" && ["accept", "content-type", "authorization"].includes(name.toLowerCase())) {
    return undefined;
  }
  const required = location === "path" || member(here.value, "required") === true;
  if (location === "path" && member(here.value, "required") !== true) {
    diagnostics.warn(at, "A path parameter is always required; write required: true");
  }
  const common = {
    name,
    in: location,
    required,
    description: textMember(here.value, "description"),
    deprecated: member(here.value, "deprecated") === true,
  };
  const content = [...entries(here, "content")];
  const written = child(here, "schema");
  if (content.length > 0) return readContent(here, { common, content, references });
  if (written === undefined) {
    diagnostics.warn(at, "The parameter has neither schema nor content; it is passed as text");
  }
  const schema = written ?? { value: { type: "string" }, pointer: at };
  const style = styleOf(here, { location, references });
  const shape = parameterShape(schema, references);
  if (shape === undefined) return undefined;
  const explicit = member(here.value, "explode");
  const explode = typeof explicit === "boolean" ? explicit : style === "form" || style === "deepObject";
  const parameter: ParameterModel = {
    ...common,
    style,
    explode,
    shape: closeExploded(shape, { style, explode, schema, references }),
    content: undefined,
    default: defaultOf(schema, references),
    schema,
  };
  return serializable(parameter, { at, references });
}

/** Reads a parameter with `content`: JSON, or otherwise text. */
function readContent(
  here: Located,
  { common, content, references }: {
    common: Pick<ParameterModel, "name" | "in" | "required" | "description" | "deprecated">;
    content: readonly (readonly [string, Located])[];
    references: References;
  },
): ParameterModel | undefined {
  const { diagnostics } = references;
  const [mediaType, media] = content.find(([type]) => isJsonType(type.toLowerCase())) ?? content[0] ??
    ["", here];
  if (content.length > 1) {
    diagnostics.warn(`${here.pointer}/content`, `A parameter has one content: only ${mediaType} is read`);
  }
  if (child(here, "schema") !== undefined) {
    diagnostics.warn(`${here.pointer}/schema`, "The schema of the parameter's content is used, not this one");
  }
  const isJson = isJsonType(mediaType.toLowerCase());
  const schema = child(media, "schema");
  const target = schema === undefined ? undefined : references.follow(schema);
  const isText = !isJson && textMember(target?.value, "type") !== "string";
  if (isText) diagnostics.warn(media.pointer, "The parameter is passed as text, to which no schema applies");
  return {
    ...common,
    style: STYLES[common.in][0] ?? "simple",
    explode: false,
    shape: { kind: "any" },
    content: isJson ? "json" : undefined,
    default: schema === undefined || isText ? undefined : defaultOf(schema, references),
    schema: isText || schema === undefined
      ? { value: isJson ? {} : { type: "string" }, pointer: media.pointer }
      : schema,
  };
}

/**
 * Closes an exploded object against unknown names. Its properties appear among the other query parameters
 * (`?red=1&green=2`). Unless its schema declares additional properties, an unknown name is an error of the client.
 */
function closeExploded(
  shape: Shape,
  { style, explode, schema, references }: {
    style: ParameterStyle;
    explode: boolean;
    schema: Located;
    references: References;
  },
): Shape {
  const open = member(references.follow(schema)?.value, "additionalProperties") !== undefined;
  if (shape.kind !== "object" || style !== "form" || !explode || open) return shape;
  return { kind: "object", properties: shape.properties };
}

function styleOf(
  here: Located,
  { location, references }: { location: ParameterLocation; references: References },
): ParameterStyle {
  const style = textMember(here.value, "style");
  const legal = STYLES[location];
  const found = style === undefined ? legal[0] : legal.find((candidate) => candidate === style);
  const fallback = legal[0] ?? "simple";
  // OpenAPI 3.2 calls the style of cookies so.
  if (found === undefined && !(location === "cookie" && style === "cookie")) {
    references.diagnostics.warn(
      `${here.pointer}/style`,
      `A ${location} parameter's style is ${legal.join(" or ")}: it is read in the style ${fallback}`,
    );
  }
  return found ?? fallback;
}

function defaultOf(schema: Located, references: References): ParameterModel["default"] {
  const own = member(schema.value, "default");
  if (own !== undefined || textMember(schema.value, "$ref") === undefined) return own;
  const target = references.follow(schema);
  return target === undefined ? undefined : member(target.value, "default");
}

function locationOf(text: string | undefined): ParameterLocation | undefined {
  return text === "path" || text === "query" || text === "header" || text === "cookie" ? text : undefined;
}
