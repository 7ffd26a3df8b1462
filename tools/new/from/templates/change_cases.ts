import type { JsonValue } from "@archway/server/operation.ts";
import { isObject } from "../../../oapi_codegen/document/json_value.ts";
import type { Collection, PlannedResponse, PlannedWrite } from "../collection.ts";
import { isWhole } from "../plan_columns.ts";
import { keyParameter } from "../plan_key.ts";
import { literal } from "./code.ts";

/** Returns the test of the first change that takes a version. */
export function staleCase(collection: Collection): readonly string[] {
  const { names: { one }, key, patch, replace, remove } = collection;
  const isConditional = ({ operation }: { readonly operation: PlannedWrite["operation"] }): boolean =>
    operation.parameters.some(({ in: place, name }) =>
      place === "header" && name.toLowerCase() === "if-match"
    );
  const change = [remove, patch, replace].find((one) =>
    one !== undefined && isConditional(one) && keyParameter(one.operation) !== undefined
  );
  if (change === undefined) return [];
  const write = [patch, replace].find((one) => one === change);
  const sample = write === undefined ? undefined : withoutKey(write.sample, collection);
  const keyed = write?.key === "required"
    ? `{ ...${literal(sample ?? {})}, ${JSON.stringify(key.property)}: ${
      key.kind === "bigint" ? "Number(key)" : "key"
    } }`
    : literal(sample ?? {});
  const { operation } = change;
  const mediaType = operation.body?.content.find(({ codec }) => codec === "json")?.mediaType;
  const headers = [
    `"If-Match": '"7"'`,
    ...(mediaType === undefined || mediaType === "application/json"
      ? []
      : [`"Content-Type": ${JSON.stringify(mediaType)}`]),
  ];
  const body = write === undefined ? "" : `, body: ${keyed}`;
  return [`  "a change of another version of ${one} is a 412": async (server) => {
    const key = await create(server, FIRST);
    const { status } = await exchange(server, ${itemLine(operation.method, operation)}, { headers: { ${
    headers.join(", ")
  } }${body} });
    assertEquals(status, 412);
  },`];
}

/** Returns the test of a replacement or a patch. */
export function changeCase(
  write: PlannedWrite,
  { method, collection, itemOf }: {
    readonly method: string;
    readonly collection: Collection;
    readonly itemOf: (json: string, property: string | undefined) => string;
  },
): string {
  const { operation, response, sample } = write;
  const { names: { one }, key, read } = collection;
  const changed = withoutKey(sample, collection);
  const names = comparableNames(write, changed);
  const isAtItem = keyParameter(operation) !== undefined;
  const keyValue = key.kind === "bigint" ? "Number(key)" : "key";
  const needsKey = write.key === "required" || !isAtItem;
  const body = needsKey ? `{ ...changed, ${JSON.stringify(key.property)}: ${keyValue} }` : "changed";
  const line = isAtItem ? itemLine(method, operation) : JSON.stringify(`${method} ${operation.path}`);
  const mediaType = operation.body?.content.find(({ codec }) => codec === "json")?.mediaType;
  const extra = headersArgument(operation, mediaType === "application/json" ? undefined : mediaType, body);
  const returned = names.filter((name) => isIn(name, response));
  const isWholeItem = returned.length === names.length;
  const seen = response.representation === undefined || returned.length === 0
    ? undefined
    : itemOf("json", response.property);
  const reading = read === undefined ? "" : `
    const read = await exchange(server, ${itemLine("GET", read.operation)});
    assertEquals(pick(${itemOf("read.json", read.response.property)}, names), pick(changed, names));`;
  const usesNames = seen !== undefined && isWholeItem || read !== undefined;
  return `  "${method} changes ${one}": async (server) => {
    const key = await create(server, FIRST);
    const changed = ${literal(changed)};${
    usesNames ? `\n    const names: readonly string[] = ${literal(names)};` : ""
  }
    const { status${seen === undefined ? "" : ", json"} } = await exchange(server, ${line}${extra});
    assertEquals(status, ${response.success.response.status});${
    seen === undefined
      ? ""
      : isWholeItem
      ? `\n    assertEquals(pick(${seen}, names), pick(changed, names));`
      : `\n    const returned: readonly string[] = ${literal(returned)};
    assertEquals(pick(${seen}, returned), pick(changed, returned));`
  }${reading}
  },`;
}

/** Whether a response has a property of the item as it was sent: some return the id alone. */
function isIn(name: string, { representation }: PlannedResponse): boolean {
  return representation?.members.some(({ property, source }) =>
    source.kind === "whole" || source.kind === "column" && property === name
  ) ?? false;
}

/** Returns the first line of a request about an item, as code. */
export function itemLine(method: string, { path }: PlannedWrite["operation"]): string {
  return `\`${method} ${path.replace(/\{[^{}]+\}/, "${encodeURIComponent(key)}")}\``;
}

/** Returns the options of a request, as code: its headers, and its body. */
export function headersArgument(
  { parameters }: PlannedWrite["operation"],
  mediaType: string | undefined,
  body?: string,
): string {
  const isConditional = parameters.some(({ in: place, name, required }) =>
    place === "header" && name.toLowerCase() === "if-match" && required
  );
  const headers = [
    ...(isConditional ? ['"If-Match": "*"'] : []),
    ...(mediaType === undefined ? [] : [`"Content-Type": ${JSON.stringify(mediaType)}`]),
  ];
  const options = [
    ...(headers.length === 0 ? [] : [`headers: { ${headers.join(", ")} }`]),
    ...(body === undefined ? [] : [`body: ${body}`]),
  ];
  return options.length === 0 ? "" : `, { ${options.join(", ")} }`;
}

/** Returns the properties of a body that are stored as they are sent. */
export function comparableNames({ members }: PlannedWrite, body: JsonValue | undefined): readonly string[] {
  if (!isObject(body)) return [];
  if (members.some(({ column }) => isWhole(column))) return Object.keys(body);
  return members.map(({ column }) => column)
    .filter(({ type, property }) => type.kind !== "timestamp" && body[property] !== undefined)
    .map(({ property }) => property);
}

/** Returns a body without the key that clients need not send. */
export function withoutKey(sample: JsonValue, { key, create }: Collection): JsonValue {
  if (!isObject(sample) || key.namedBy === "server" && create.key === "required") return sample;
  const { [key.property]: _, ...rest } = sample;
  return rest;
}
