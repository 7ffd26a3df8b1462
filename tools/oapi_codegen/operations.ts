import type { Method } from "@archway/server/operation.ts";
import { child, elements, entries, type Located, member, textMember } from "./json_value.ts";
import { isIdentifier, pascalCase } from "./identifiers.ts";
import { readContent } from "./media_types.ts";
import type { BodyModel, OperationModel } from "./model.ts";
import { readParameters } from "./parameters.ts";
import type { References } from "./references.ts";
import { readResponses } from "./responses.ts";
import { compileSecurity, type ReadSecurity } from "./security.ts";

const METHODS: ReadonlyMap<string, Method> = new Map([
  ["get", "GET"],
  ["put", "PUT"],
  ["post", "POST"],
  ["delete", "DELETE"],
  ["patch", "PATCH"],
]);
const OTHER_METHODS = ["connect", "head", "options", "trace"];

/**
 * Returns the operations of a document in its order, except those with one of `excludeTags`. Adds diagnostics for
 * everything that is not supported.
 */
export function readOperations(
  references: References,
  { excludeTags }: { excludeTags: readonly string[] },
): readonly OperationModel[] {
  const { diagnostics } = references;
  const operations: OperationModel[] = [];
  const templates = new Map<string, string>();
  const names = new Map<string, string>();
  const readSecurity = compileSecurity(references);
  for (const [path, written] of entries({ value: references.root, pointer: "" }, "paths")) {
    if (path.startsWith("x-")) continue;
    checkPath(path, { at: written.pointer, templates, references });
    const pathItem = references.follow(written);
    if (pathItem === undefined) continue;
    for (const [key, operation] of entries(pathItem)) {
      if (key === "servers") refuseServers(operation.pointer, references);
      if (OTHER_METHODS.includes(key)) {
        diagnostics.add(
          operation.pointer,
          "Operations are get, put, post, delete and patch; HEAD and OPTIONS follow by themselves",
        );
      }
      const method = METHODS.get(key);
      // Misspelt fields are reported by the check of the document's structure.
      if (method === undefined) continue;
      checkOperationId(operation, { names, references });
      if ([...elements(operation, "tags")].some(({ value }) => excludeTags.includes(String(value)))) continue;
      operations.push(readOperation(operation, { method, path, pathItem, references, readSecurity }));
    }
  }
  return operations;
}

function checkPath(
  path: string,
  { at, templates, references }: { at: string; templates: Map<string, string>; references: References },
): void {
  const { diagnostics } = references;
  if (!path.startsWith("/") || /[?#\s]/.test(path)) {
    diagnostics.add(at, "A path must begin with / and have no query, fragment or whitespace");
  }
  if (path.split("/").some((segment) => /[{}]/.test(segment) && !/^\{[^{}]+\}$/.test(segment))) {
    diagnostics.add(at, "A template variable must be a whole segment, as in /pets/{id}");
  }
  const variables = [...path.matchAll(/\{([^{}]*)\}/g)].map((match) => match[1]);
  if (new Set(variables).size < variables.length) {
    diagnostics.add(at, "A template variable is duplicated; rename one");
  }
  const template = path.replaceAll(/\{[^{}]*\}/g, "{}");
  const other = templates.get(template);
  if (other !== undefined) {
    diagnostics.add(at, `The path matches the same requests as ${other}; merge the two`);
  }
  templates.set(template, path);
}

function checkOperationId(
  operation: Located,
  { names, references }: { names: Map<string, string>; references: References },
): void {
  const { diagnostics } = references;
  const id = textMember(operation.value, "operationId");
  if (id === undefined) {
    diagnostics.add(operation.pointer, "The operationId is missing; it names the handler's method");
    return;
  }
  const at = `${operation.pointer}/operationId`;
  if (!isIdentifier(id) || pascalCase(id) === "") {
    diagnostics.add(at, "The operationId must be an identifier such as createProfile, not a reserved word");
  }
  const normal = pascalCase(id).toLowerCase();
  const other = names.get(normal);
  if (other !== undefined) {
    diagnostics.add(at, `The operationId yields the same type names as "${other}"; rename one`);
  }
  names.set(normal, id);
}

function readOperation(
  operation: Located,
  { method, path, pathItem, references, readSecurity }: {
    method: Method;
    path: string;
    pathItem: Located;
    references: References;
    readSecurity: ReadSecurity;
  },
): OperationModel {
  if (member(operation.value, "servers") !== undefined) {
    refuseServers(`${operation.pointer}/servers`, references);
  }
  const operationId = textMember(operation.value, "operationId") ?? "";
  const extensions = [...entries(operation)]
    .filter(([key]) => key.startsWith("x-") && key !== "x-max-body-bytes")
    .map(([key, { value }]) => [key, value] as const);
  return {
    operationId,
    typeName: pascalCase(operationId),
    method,
    path,
    pointer: operation.pointer,
    summary: textMember(operation.value, "summary"),
    description: textMember(operation.value, "description"),
    deprecated: member(operation.value, "deprecated") === true,
    parameters: readParameters(operation, { pathItem, path, references }),
    body: readBody(operation, { method, references }),
    responses: readResponses(operation, references),
    security: readSecurity(operation),
    extensions: Object.fromEntries(extensions),
  };
}

function readBody(
  operation: Located,
  { method, references }: { method: Method; references: References },
): BodyModel | undefined {
  const { diagnostics } = references;
  const maxBytes = member(operation.value, "x-max-body-bytes");
  const at = `${operation.pointer}/x-max-body-bytes`;
  if (
    maxBytes !== undefined &&
    (typeof maxBytes !== "number" || !Number.isSafeInteger(maxBytes) || maxBytes < 0)
  ) {
    diagnostics.add(at, "Expected a number of bytes, 0 or more");
  }
  const written = child(operation, "requestBody");
  if (written === undefined) {
    if (maxBytes !== undefined) diagnostics.add(at, "The operation has no body to limit; remove it");
    return undefined;
  }
  if (method === "GET" || method === "DELETE") {
    diagnostics.add(
      written.pointer,
      `A body has no meaning in ${method} (RFC 9110, section 9.3); use parameters, or POST`,
    );
    return undefined;
  }
  const body = references.follow(written);
  if (body === undefined) return undefined;
  const content = readContent(body, { direction: "request", references });
  if ([...entries(body, "content")].length === 0) {
    diagnostics.add(body.pointer, "A body needs at least one media type");
  }
  return {
    required: member(body.value, "required") === true,
    description: textMember(body.value, "description"),
    maxBytes: typeof maxBytes === "number" ? maxBytes : undefined,
    content,
  };
}

function refuseServers(at: string, references: References): void {
  references.diagnostics.add(at, "Servers apply to the whole document; remove them here");
}
