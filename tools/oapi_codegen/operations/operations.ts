import type { Method } from "@archway/server/operation.ts";
import type { ConfigEntry } from "../config/config_reader.ts";
import { readDeprecation } from "./deprecation.ts";
import { child, entries, type Located, member, textMember } from "../document/json_value.ts";
import { pascalCase } from "../types/identifiers.ts";
import { readContent } from "../media/media_types.ts";
import type { BodyModel, OperationModel } from "./model.ts";
import { OperationNames } from "./operation_names.ts";
import { readParameters } from "./parameters.ts";
import { serverPrefix } from "./server_prefix.ts";
import { checkPath, type FoundOperation, withoutDuplicates } from "./operation_paths.ts";
import type { References } from "../document/references.ts";
import { readResponses } from "./responses.ts";
import { compileSecurity, type DefaultSecurity, type ReadSecurity } from "./security.ts";

const METHODS: ReadonlyMap<string, Method> = new Map([
  ["get", "GET"],
  ["put", "PUT"],
  ["post", "POST"],
  ["delete", "DELETE"],
  ["patch", "PATCH"],
  ["query", "QUERY"],
]);

/** Prefix and names of operations, and their security if the document says nothing. */
export interface ReadOperationsOptions {
  /** Undefined if an operation without security is rejected. */
  readonly defaultSecurity: DefaultSecurity | undefined;
  /** Prefix of all paths, or `servers` for that of the document's first server. */
  readonly basePath?: string | undefined;
  /** Names by operationId, or by method and path. */
  readonly names?: ReadonlyMap<string, ConfigEntry>;
}

/** Returns the operations of a document in its order. Adds diagnostics for everything that is not supported. */
export function readOperations(
  references: References,
  { defaultSecurity, basePath, names: given = new Map() }: ReadOperationsOptions,
): readonly OperationModel[] {
  const root: Located = { value: references.root, pointer: "" };
  const candidates: FoundOperation[] = [];
  for (const [path, written] of entries(root, "paths")) {
    if (path.startsWith("x-")) continue;
    const pathItem = references.follow(written);
    if (pathItem === undefined) continue;
    const served = servedOperations(pathItem, references);
    if (served.length === 0) continue;
    const [template = "", fragment] = path.split("#");
    // Some documents repeat styles in the template: `{.id}`, `{;id}`, `{id*}`.
    const routed = template.replaceAll(/\{[.;]?([^{}*]+)\*?\}/g, "{$1}");
    checkPath(written, { path: routed, diagnostics: references.diagnostics });
    for (const { method, operation } of served) {
      const prefix = serverPrefix(root, { levels: [operation, pathItem], basePath });
      const hasFragment = fragment !== undefined;
      candidates.push({
        method,
        path: `${prefix}${routed}`,
        written: path,
        hasFragment,
        operation,
        pathItem,
      });
    }
  }
  const found = withoutDuplicates(candidates, references);
  const names = new OperationNames(found, { references, given });
  const readSecurity = compileSecurity(references, {
    operations: found.map(({ operation }) => operation),
    defaultSecurity,
  });
  return found.map((item) => readOperation(item, { names, references, readSecurity }));
}

/** Returns the operations of a path item that the server can route. HEAD and OPTIONS follow by themselves. */
function servedOperations(
  pathItem: Located,
  { diagnostics }: References,
): readonly { readonly method: string; readonly operation: Located }[] {
  const additional = [...entries(pathItem, "additionalOperations")];
  return [...entries(pathItem), ...additional].flatMap(([name, operation]) => {
    const isField = !additional.some(([, { pointer }]) => pointer === operation.pointer);
    const method = isField ? name : name.toLowerCase();
    if (METHODS.has(method)) return [{ method, operation }];
    // Misspelt fields are reported by the check of the document's structure.
    const reason = isField ? LEFT_OUT.get(name) : `The server has no method ${name}`;
    const follows = name === "head" && member(pathItem.value, "get") !== undefined;
    if (reason !== undefined && !follows) {
      diagnostics.warn(operation.pointer, `${reason}; the operation is left out`);
    }
    return [];
  });
}

/** Reasons why methods have no handlers. */
const LEFT_OUT: ReadonlyMap<string, string> = new Map([
  ["head", "HEAD is served only where GET is"],
  ["options", "The server responds to OPTIONS itself"],
  ["trace", "The server has no method TRACE"],
]);

function readOperation(
  item: FoundOperation,
  { names, references, readSecurity }: {
    names: OperationNames;
    references: References;
    readSecurity: ReadSecurity;
  },
): OperationModel {
  const { path, operation, pathItem } = item;
  const method = METHODS.get(item.method) ?? "GET";
  const operationId = names.of(item);
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
    deprecation: readDeprecation(operation, references.diagnostics),
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
  // A body has no meaning in GET (RFC 9110, section 9.3.1), and OpenAPI ignores it (3.1, section 4.8.10).
  if (method === "GET") {
    diagnostics.warn(written.pointer, "A GET has no body (RFC 9110, section 9.3.1); it is ignored");
    return undefined;
  }
  const body = references.follow(written);
  if (body === undefined) return undefined;
  const content = readContent(body, { direction: "request", references });
  if ([...entries(body, "content")].length === 0) {
    diagnostics.warn(body.pointer, "The body has no media type; it is ignored");
    return undefined;
  }
  return {
    required: member(body.value, "required") === true,
    description: textMember(body.value, "description"),
    maxBytes: typeof maxBytes === "number" ? maxBytes : undefined,
    content,
  };
}
