import { stringify } from "yaml";
import type { DocumentText } from "../document_text.ts";
import type { Field } from "../field.ts";
import { fieldSchema, keywords, schemaName } from "../field_schema.ts";
import { type ServiceNames, spellingsOf } from "../names.ts";
import { NewError } from "../usage_error.ts";
import type { PlannedOperation } from "./plan_operation.ts";

/** Names for the schemas of fields that belong to an operation, such as "CancelOrderReason". */
export function fieldNames(
  id: string,
  words: "request" | "response",
): Pick<ServiceNames, "singular" | "one"> {
  const name = words === "request" ? id : `${id}Result`;
  return { singular: { ...spellingsOf(name), words }, one: `a ${words}` };
}

/**
 * Adds an operation to its document.
 *
 * @throws {NewError} if a schema of its name exists.
 */
export function addOperation(document: DocumentText, operation: PlannedOperation): void {
  const { line: { method, path }, body, response, id } = operation;
  const text = `${method.toLowerCase()}:\n${indented(operationText(document, operation))}`;
  const isNew = document.keys("paths", path) === undefined;
  if (isNew) {
    const paths = document.keys("paths") ?? [];
    const last = paths.findLastIndex((one) => one.startsWith(resourceOf(path)));
    const next = last === -1 ? undefined : paths[last + 1];
    document.insert(["paths"], `${path}:\n${indented(parametersText(operation) + text)}`, next);
  } else document.insert(["paths", path], text);
  if (body.length > 0) addSchema(document, { fields: body, names: fieldNames(id, "request") });
  if (typeof response !== "string") {
    const names = fieldNames(id, "response");
    addSchema(document, { fields: response, names, isComplete: true });
    if (hasMeta(document)) document.insert(["components", "schemas"], successText(id, names.singular.pascal));
  }
}

function operationText(document: DocumentText, operation: PlannedOperation): string {
  const { id, summary, scope, sibling, line, ifMatch, body, exceptions } = operation;
  const beside = (...names: readonly string[]): string =>
    document.source("paths", sibling.path, sibling.method.toLowerCase(), ...names) ?? "";
  const own = document.keys("paths", line.path) === undefined ? [] : unsharedParameters(document, operation);
  const parameters = [...own, ...(ifMatch === undefined ? [] : [ifMatch])];
  return [
    `operationId: ${id}\n`,
    `summary: ${scalar(summary)}\n`,
    beside("tags"),
    scope === undefined ? beside("security") : scopeText(document, { scope, operation }),
    exceptions.length === 0 ? "" : `x-operation-defaults: { except: [${exceptions.join(", ")}] }\n`,
    parameters.length === 0 ? "" : `parameters:\n${indented(listText(parameters))}`,
    body.length === 0 ? "" : `requestBody:\n  required: true\n  ${contentText(fieldNames(id, "request"))}\n`,
    `responses:\n${indented(successResponse(document, operation) + errorResponses(document, operation))}`,
  ].join("");
}

/** Returns the parameters of the path that are written at its operations instead of the path. */
function unsharedParameters(
  document: DocumentText,
  { line: { path }, pathParameters }: PlannedOperation,
): PlannedOperation["pathParameters"] {
  return document.keys("paths", path)?.includes("parameters") === true ? [] : pathParameters;
}

function scopeText(
  document: DocumentText,
  { scope, operation: { sibling } }: { readonly scope: string; readonly operation: PlannedOperation },
): string {
  const security = document.value("paths", sibling.path, sibling.method.toLowerCase(), "security") ??
    document.value("security");
  const [requirement] = Array.isArray(security) ? security : [];
  const [scheme] = requirement instanceof Object ? Object.keys(requirement) : [];
  if (scheme === undefined) {
    throw new NewError(
      `--scope has no security scheme to belong to: ${sibling.method} ${sibling.path} has none either`,
    );
  }
  return `security: [{ ${scheme}: [${JSON.stringify(scope)}] }]\n`;
}

function successResponse(document: DocumentText, operation: PlannedOperation): string {
  const { response, resource, id, summary } = operation;
  if (response === "none") return `"204": { description: ${scalar(`${summary}: done`)} }\n`;
  if (response === "resource") {
    const found = resource &&
      document.source("paths", resource.path, resource.method.toLowerCase(), "responses", "200");
    if (found !== undefined) return found;
    throw new NewError(
      `${resource?.method} ${resource?.path} of ${document.path} has no response 200 to return`,
    );
  }
  const { singular } = fieldNames(id, "response");
  const schema = hasMeta(document) ? successName(id) : singular.pascal;
  return `"200":\n  description: ${scalar(`${summary}: result`)}\n  ${contentText({ singular, schema })}\n`;
}

/** Errors of the sibling, of a document that does not add them to every operation. */
function errorResponses(document: DocumentText, { sibling }: PlannedOperation): string {
  const at = ["paths", sibling.path, sibling.method.toLowerCase(), "responses"];
  const errors = (document.keys(...at) ?? []).filter((status) => /^(?:[45]..|default)$/.test(status));
  return errors.map((status) => document.source(...at, status) ?? "").join("");
}

function parametersText({ pathParameters, parameters, line: { path } }: PlannedOperation): string {
  const own = parameters.filter(({ name }) => path.includes(`{${name.camel}}`)).map((field) =>
    `- name: ${field.name.camel}\n  in: path\n  required: true\n  description: ${
      JSON.stringify(`The ${field.name.words}`)
    }\n  schema:\n${keywords(field).map((line) => `    ${line}\n`).join("")}`
  );
  const known = pathParameters.length === 0 ? "" : listText(pathParameters);
  const all = `${known}${own.join("")}`;
  return all === "" ? "" : `parameters:\n${indented(all)}`;
}

function addSchema(
  document: DocumentText,
  { fields, names, isComplete = false }: {
    readonly fields: readonly Field[];
    readonly names: Pick<ServiceNames, "singular" | "one">;
    /** Whether optional properties are null instead of absent. @default {false} */
    readonly isComplete?: boolean;
  },
): void {
  const { pascal } = names.singular;
  const required = fields.filter(({ isOptional }) => isComplete || !isOptional).map(({ name }) => name.camel);
  const properties = fields.map((field) =>
    `    ${field.name.camel}: { $ref: "#/components/schemas/${schemaName(field, names)}" }\n`
  );
  const schema = `${pascal}:
  type: object
  additionalProperties: false
${required.length === 0 ? "" : `  required: [${required.join(", ")}]\n`}  properties:
${properties.join("")}`;
  const texts = [...fields.map((field) => fieldSchema(field, names).replaceAll(/^ {4}/gm, "")), schema];
  const known = document.keys("components", "schemas") ?? [];
  for (const text of texts) {
    const name = text.slice(0, text.indexOf(":"));
    if (known.includes(name)) {
      throw new NewError(`${document.path} has a schema ${name} already; nothing was written`);
    }
    document.insert(["components", "schemas"], isVersion30(document) ? withNullable(text) : text);
  }
}

function isVersion30(document: DocumentText): boolean {
  return /^3\.0\b/.test(String(document.value("openapi")));
}

/** Returns a schema as OpenAPI 3.0 has it, in which types are no lists. */
function withNullable(schema: string): string {
  return schema.replaceAll(/^( *)type: \[(\w+), "null"\]$/gm, "$1type: $2\n$1nullable: true");
}

function successName(id: string): string {
  return `Success${spellingsOf(id).pascal}`;
}

function successText(id: string, schema: string): string {
  return `${successName(id)}:
  type: object
  additionalProperties: false
  required: [data, meta]
  properties:
    data: { $ref: "#/components/schemas/${schema}" }
    meta: { $ref: "common.yaml#/components/schemas/Meta" }
`;
}

function hasMeta(document: DocumentText): boolean {
  return document.text.includes("common.yaml#/components/schemas/Meta");
}

function contentText(
  { singular: { pascal }, schema = pascal }: Pick<ServiceNames, "singular"> & { readonly schema?: string },
): string {
  return `content: { application/json: { schema: { $ref: "#/components/schemas/${schema}" } } }`;
}

/** Path of the collection that a path belongs to. */
function resourceOf(path: string): string {
  return /^(?:\/v\d+)?\/[^/{:]*/.exec(path)?.[0] ?? path;
}

/** Returns a list as YAML, with references in quotes as in the documents of the project. */
function listText(values: readonly unknown[]): string {
  return stringify(values, { lineWidth: 0 }).replaceAll(/(\$ref: )([^"'\s]+)$/gm, '$1"$2"');
}

/** Returns a text as a scalar in braces or not. */
function scalar(text: string): string {
  return /^[A-Za-z][\w .()'-]*$/.test(text) ? text : JSON.stringify(text);
}

function indented(text: string): string {
  return text.replaceAll(/^(?=.)/gm, "  ");
}
