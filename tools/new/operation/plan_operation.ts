import type { DocumentText } from "../document_text.ts";
import { type Field, propertiesOf } from "../field.ts";
import { capitalized, singularOf, spellingsOf, withArticle } from "../names.ts";
import { NewError } from "../usage_error.ts";
import {
  type DocumentOperation,
  type Documents,
  operationsOf,
  parametersOf,
  type ParameterValue,
  pathParameterNames,
  versionDefaults,
} from "./document_operations.ts";
import { formOf, operationIdOf, type OperationLine, verbOf } from "./operation_line.ts";

/** Body of the success response: the resource of the path, none, or fields. */
export type OperationResponse = "resource" | "none" | readonly Field[];

/** Wanted operation. */
export interface OperationRequest {
  readonly line: OperationLine;
  /** Properties of the request body. */
  readonly body: readonly Field[];
  /** @default the resource for an operation on one, else none */
  readonly response: OperationResponse | undefined;
  /** @default that of an operation beside it */
  readonly scope: string | undefined;
  /** Parameters of the path that no other path has. */
  readonly parameters: readonly Field[];
  /** @default derived from the operationId */
  readonly summary: string | undefined;
}

/** Operation to be added to a document. */
export interface PlannedOperation extends OperationRequest {
  readonly id: string;
  readonly summary: string;
  readonly response: OperationResponse;
  readonly pathParameters: readonly ParameterValue[];
  /** Parameter If-Match; undefined if it has none. */
  readonly ifMatch: ParameterValue | undefined;
  /** Defaults of the document that it excludes. */
  readonly exceptions: readonly string[];
  /** Operation beside it, whose tags, security and errors it has. */
  readonly sibling: DocumentOperation;
  /** Operation whose success response is that of the resource. */
  readonly resource: DocumentOperation | undefined;
  /** Verb of an operation on one resource, and its path. */
  readonly action: { readonly verb: string; readonly path: string } | undefined;
}

/**
 * Returns the operation with the names that the document uses.
 *
 * @throws {NewError} if it exists, or a parameter of its path is unknown.
 */
export function planOperation(request: OperationRequest, documents: Documents): PlannedOperation {
  const { document } = documents;
  const operations = operationsOf(document);
  const path = canonicalPath(request, { document, operations });
  const line = { ...request.line, path };
  const same = operations.find((one) => one.method === line.method && formOf(one.path) === formOf(path));
  if (same !== undefined) {
    throw new NewError(`${document.path} has ${same.method} ${same.path} already (operationId ${same.id})`);
  }
  const id = operationIdOf(line);
  if (operations.some((one) => one.id === id)) {
    throw new NewError(
      `${document.path} has an operation ${id} already: choose another path, such as with a longer verb`,
    );
  }
  const verb = line.method === "POST" ? verbOf(path) : undefined;
  const itemPath = path.replace(/[:/][^:/{}]*$/, "");
  const item = operations.filter((one) => formOf(one.path) === formOf(itemPath));
  const action = verb !== undefined && item.length > 0 ? { verb, path: item[0]?.path ?? "" } : undefined;
  const sibling = nearest(line, action === undefined ? operations : [...item, ...operations]);
  if (sibling === undefined) {
    throw new NewError(
      `${document.path} has no operation yet, whose security and errors a new one could have`,
    );
  }
  const resource = ["PUT", "PATCH", "GET"].flatMap((method) =>
    item.find((one) => one.method === method) ?? []
  )
    .at(0);
  const isOnItem = (one: DocumentOperation): boolean => formOf(one.path).startsWith(formOf(itemPath));
  const versioned = [...item, ...operations.filter(isOnItem)].filter(({ method }) => method !== "GET");
  const ifMatch = action &&
    versioned.map((one) => parametersOf(one, documents).get("If-Match")).find((one) => one !== undefined);
  const response = request.response ?? (action !== undefined && resource !== undefined ? "resource" : "none");
  if (response === "resource" && resource === undefined) {
    throw new NewError(
      "--response resource is for an operation below the path of a resource, such as /v1/orders/{id}",
    );
  }
  if (response === "none" && line.method === "GET") {
    throw new NewError("A GET needs --response <name>:<type>, such as --response 'total:integer'");
  }
  return {
    ...request,
    ...{ line, id, response, ifMatch, sibling, resource, action },
    // Fields that are no resource have no version either.
    exceptions: line.method === "GET" && response !== "resource" ? versionDefaults(documents) : [],
    summary: request.summary ?? summaryOf(id, { path, verb }),
    pathParameters: pathParametersOf(line, { request, documents, operations }),
  };
}

/** Returns the path with the parameters named as in other paths of the document. */
function canonicalPath(
  { line: { path }, parameters }: OperationRequest,
  { document, operations }: {
    readonly document: DocumentText;
    readonly operations: readonly DocumentOperation[];
  },
): string {
  const known = pathParameterNames(operations);
  let result = "";
  for (const part of path.split(/(?=\{)|(?<=\})/)) {
    const own = /^\{(.*)\}$/.exec(part)?.[1];
    const name = known.get(formOf(`${result}${part}`))?.name ?? own;
    if (own !== undefined && !known.has(formOf(`${result}${part}`)) && !has(parameters, own)) {
      const similar = operations.map((one) => one.path).filter((one) => one.includes("{"));
      const advice = similar.length === 0 ? "" : `; the document has ${[...new Set(similar)].join(", ")}`;
      throw new NewError(
        `Unknown path parameter {${own}} in ${path}: no path of ${document.path} has one there${advice}. Correct the ` +
          `path, or add --parameter ${own}:<type>, such as --parameter ${own}:uuid`,
      );
    }
    result += own === undefined ? part : `{${name}}`;
  }
  return result;
}

function has(fields: readonly Field[], name: string): boolean {
  return fields.some((field) => propertiesOf(field)[0] === name);
}

function pathParametersOf(
  { path }: OperationLine,
  { request, documents, operations }: {
    readonly request: OperationRequest;
    readonly documents: Documents;
    readonly operations: readonly DocumentOperation[];
  },
): readonly ParameterValue[] {
  const known = pathParameterNames(operations);
  return [...path.matchAll(/\{([^{}]*)\}/g)].flatMap((match) => {
    const found = known.get(formOf(path.slice(0, match.index + match[0].length)));
    const value = found && parametersOf(found.of, documents).get(found.name);
    return value === undefined || has(request.parameters, match[1] ?? "") ? [] : [value];
  });
}

/** Returns the operation that is nearest to a line, of those that read or of those that write. */
function nearest(
  line: OperationLine,
  operations: readonly DocumentOperation[],
): DocumentOperation | undefined {
  const isRead = ({ method }: { readonly method: string }): boolean => method === "GET";
  const words = formOf(line.path).split(/[/:]/);
  const shared = ({ path }: DocumentOperation): number => {
    const own = formOf(path).split(/[/:]/);
    const end = own.findIndex((word, index) => word !== words[index]);
    return end === -1 ? own.length : end;
  };
  // The probes of the server have other errors.
  const candidates = operations.filter(({ id }) => id !== "");
  const alike = candidates.filter((one) => isRead(one) === isRead(line));
  const rank = ({ method }: DocumentOperation): number =>
    ["DELETE", "GET", "POST", "PATCH", "PUT"].indexOf(method);
  return (alike.length > 0 ? alike : candidates)
    .toSorted((a, b) => shared(b) - shared(a) || rank(b) - rank(a)).at(0);
}

function summaryOf(
  id: string,
  { path, verb }: { readonly path: string; readonly verb: string | undefined },
): string {
  const noun = /([A-Za-z0-9._~-]+)\/\{[^{}]*\}[:/][^/{}]*$/.exec(path)?.[1];
  if (verb === undefined || noun === undefined) return capitalized(spellingsOf(id).words);
  return `${capitalized(spellingsOf(verb).words)} ${
    withArticle(spellingsOf(singularOf(noun) ?? noun).words)
  }`;
}
