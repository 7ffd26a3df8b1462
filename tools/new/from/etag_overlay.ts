import type { JsonValue } from "@archway/server/operation.ts";
import { locate, member, textMember, unescapeToken } from "../../oapi_codegen/document/json_value.ts";
import type { OperationModel } from "../../oapi_codegen/operations/model.ts";
import type { Collection } from "./collection.ts";

const HEADER =
  "{ headers: { ETag: { description: Version of the item, required: true, schema: { type: string } } } }";
const PARAMETER =
  "{ parameters: [{ name: If-Match, in: header, description: ETag of the version to change, schema: { type: string } }] }";
const PRECONDITION = '{ responses: { "412": { description: The item has another version } } }';

/**
 * Returns an overlay that adds entity tags to the items of collections, and the header `If-Match` to their changes; undefined
 * if the document has them.
 *
 * @param document as it is written: parts in other files, and references, stay as they are
 */
export function etagOverlay(document: JsonValue, collections: readonly Collection[]): string | undefined {
  const actions = collections.flatMap((collection) => actionsOf(document, collection));
  if (actions.length === 0) return undefined;
  return `# Written by \`deno task new service\`: entity tags, with which clients detect concurrent changes. Delete what you do not want.
overlay: 1.0.0
info: { title: Entity tags, version: "1" }
actions:
${
    actions.map(([target, update]) => `  - target: ${JSON.stringify(target)}\n    update: ${update}\n`).join(
      "",
    )
  }`;
}

type Action = readonly [target: string, update: string];

function actionsOf(document: JsonValue, collection: Collection): readonly Action[] {
  const { create, read, replace, patch, remove } = collection;
  const tagged = read === undefined ? undefined : tagAction(document, read.operation);
  if (read === undefined || tagged === undefined) return [];
  const changes = [replace, patch, remove].flatMap((change) => change?.operation ?? []);
  const writes = [create, replace, patch].flatMap((write) => {
    const { operation, response } = write ?? {};
    return operation === undefined || response?.representation === undefined ? [] : [operation];
  });
  return [
    ...tagged,
    ...writes.flatMap((operation) => tagAction(document, operation) ?? []),
    ...changes.flatMap((operation) => conditionActions(document, operation)),
  ];
}

/** Returns the addition of an ETag to a success; nothing if there is one, undefined if the response is elsewhere. */
function tagAction(document: JsonValue, operation: OperationModel): readonly Action[] | undefined {
  const success = operation.responses.find(({ status }) => status >= 200 && status < 300);
  if (success === undefined) return undefined;
  if (success.headers.some(({ name }) => name.toLowerCase() === "etag")) return [];
  const written = locate(document, `${operation.pointer}/responses/${success.status}`)?.value;
  if (written === undefined || textMember(written, "$ref") !== undefined) return undefined;
  return [[`${targetOf(operation)}.responses['${success.status}']`, HEADER]];
}

function conditionActions(document: JsonValue, operation: OperationModel): readonly Action[] {
  const written = locate(document, operation.pointer)?.value;
  const isKnown = operation.parameters.some(({ in: place, name }) =>
    place === "header" && name.toLowerCase() === "if-match"
  );
  if (written === undefined || isKnown) return [];
  const target = targetOf(operation);
  const hasStatus = member(member(written, "responses"), "412") !== undefined;
  return [[target, PARAMETER], ...(hasStatus ? [] : [[target, PRECONDITION] as const])];
}

/** Returns the JSONPath of an operation. */
function targetOf({ pointer }: OperationModel): string {
  const [, , path = "", method = ""] = pointer.split("/").map(unescapeToken);
  return `$.paths['${path.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'].${method}`;
}
