import type { JsonValue, SecurityRequirement, Shape } from "@archway/server/operation.ts";
import { isArray, isObject } from "../document/json_value.ts";
import { propertyKey } from "../types/identifiers.ts";
import type { MediaModel, OperationModel } from "../operations/model.ts";
import { validatorNames } from "../validators/validator_names.ts";

/** Returns the declaration of an operation's descriptor, an `Operation` of server/operation.ts. */
export function descriptor(operation: OperationModel): string {
  const names = validatorNames(operation);
  const media = (model: MediaModel, name: string | undefined): string =>
    literal({
      mediaType: inline(model.mediaType),
      codec: inline(model.codec),
      shape: model.shape === undefined ? undefined : shapeText(model.shape),
      int64: model.int64 === undefined ? undefined : inline(model.int64),
      validate: model.schema === undefined || name === undefined ? undefined : `validators.${name}`,
      data: model.data === undefined ? undefined : inline(model.data),
      stream: model.stream === undefined ? undefined : "true",
    });
  const { body } = operation;
  const parameters = operation.parameters.map((parameter) =>
    literal({
      name: inline(parameter.name),
      in: inline(parameter.in),
      required: inline(parameter.required),
      style: inline(parameter.style),
      explode: inline(parameter.explode),
      shape: shapeText(parameter.shape),
      content: parameter.content === undefined ? undefined : inline(parameter.content),
      default: parameter.default === undefined ? undefined : inline(parameter.default),
    })
  );
  const responses = operation.responses.map(({ status, content, headers }) => {
    const types = content.map((model) => media(model, names.responses.get(model)));
    const fields = headers.map(({ name, required, content, explode }) =>
      literal({
        name: inline(name),
        required: inline(required),
        content: content === undefined ? undefined : inline(content),
        explode: explode ? "true" : undefined,
      })
    );
    return `    "${status}": { content: [${types.join(", ")}], headers: [${fields.join(", ")}] },\n`;
  });
  const lines = [
    `operationId: ${JSON.stringify(operation.operationId)}`,
    `method: ${JSON.stringify(operation.method)}`,
    `path: ${JSON.stringify(operation.path)}`,
    `parameters: [${parameters.map((text) => `\n    ${text},`).join("")}${
      parameters.length > 0 ? "\n  " : ""
    }]`,
    `validateParameters: validators.${names.parameters}`,
    ...(body === undefined ? [] : [
      `requestBody: {\n    required: ${body.required},\n` +
      (body.maxBytes === undefined ? "" : `    maxBytes: ${body.maxBytes},\n`) +
      `    content: [${
        body.content.map((model) => `\n      ${media(model, names.body.get(model))},`).join("")
      }\n    ],\n  }`,
    ]),
    `responses: {\n${responses.join("")}  }`,
    `security: [${operation.security.map(requirementText).join(", ")}]`,
    ...operation.deprecation === undefined ? [] : [`deprecation: ${inline(operation.deprecation)}`],
    `extensions: ${inline(operation.extensions)}`,
  ];
  return `const ${operation.operationId}: runtime.Operation = {\n${
    lines.map((line) => `  ${line},\n`).join("")
  }};\n`;
}

function requirementText(requirement: SecurityRequirement): string {
  return `[${requirement.map((scheme) => inline({ ...scheme })).join(", ")}]`;
}

/** Returns an object literal of fields that are already source text; omits undefined ones. */
function literal(fields: Readonly<Record<string, string | undefined>>): string {
  const members = Object.entries(fields).flatMap(([key, text]) =>
    text === undefined ? [] : [`${key}: ${text}`]
  );
  return `{ ${members.join(", ")} }`;
}

/** Returns the source text of a JSON value on one line. */
function inline(value: JsonValue): string {
  if (isArray(value)) return `[${value.map(inline).join(", ")}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const members = Object.entries(value).map(([name, item]) => `${key(name)}: ${inline(item)}`);
  return members.length === 0 ? "{}" : `{ ${members.join(", ")} }`;
}

/** Returns the source text of a shape. For names such as `constructor` the compiler expects members of all objects. */
function shapeText(shape: Shape): string {
  if (shape.kind !== "object") {
    const { kind, ...rest } = shape;
    const fields = Object.entries(rest).map(([name, value]) =>
      [name, name === "types" || name === "delimiter" ? inline(value) : shapeText(value)] as const
    );
    return literal({ kind: inline(kind), ...Object.fromEntries(fields) });
  }
  const members = Object.entries(shape.properties).map(([name, inner]) =>
    `${key(name)}: ${shapeText(inner)}${name in Object.prototype ? " as const" : ""}`
  );
  return literal({
    kind: '"object"',
    properties: members.length === 0 ? "{}" : `{ ${members.join(", ")} }`,
    additional: shape.additional === undefined ? undefined : shapeText(shape.additional),
  });
}

/** Returns the key of a literal; `__proto__` must be computed, because it would set the prototype. */
function key(name: string): string {
  return name === "__proto__" ? '["__proto__"]' : propertyKey(name);
}
