import { propertyKey } from "../../../oapi_codegen/types/identifiers.ts";
import type { Collection, Filter, ListMember, PlannedList } from "../collection.ts";
import { access, commentText, contentTypeText, toDomain } from "./code.ts";

/** Returns the handler of a list. */
export function listText(list: PlannedList, collection: Collection): string {
  const { operation, paging, filters, property, representation, success, hasTotal, ignored } = list;
  const { names: { plural }, isOwned } = collection;
  const query = operation.parameters.some((one) => one.in === "query");
  const usesQuery = query &&
    ([paging.limit, paging.page, paging.offset, paging.cursor].some((one) => one !== undefined) ||
      filters.length > 0);
  const scope = isOwned ? "scopeOf(context)" : "UNRESTRICTED";
  const parameters = [["limit", paging.limit], ["page", paging.page], ["offset", paging.offset]] as const;
  const selected = parameters.flatMap(([name, written]) =>
    written === undefined ? [] : [`${name}: ${access("query", written)}`]
  );
  const limits = [
    `defaultLimit: ${paging.defaultLimit}`,
    `maxLimit: ${paging.maxLimit}`,
    ...(paging.firstPage === 1 ? [] : [`firstPage: ${paging.firstPage}`]),
  ];
  const filter = filters.length === 0 ? "{}" : `{ ${filters.map(filterText).join(", ")} }`;
  const items = `page.items.map(${representation.functionName})`;
  const body = property === undefined
    ? items
    : `{ ${[`${propertyKey(property)}: ${items}`, ...list.members.map(listMemberText)].join(", ")} }`;
  const contentType = contentTypeText(success.response.content.length > 1, success.media?.mediaType);
  const result = `return { status: ${success.response.status}${contentType}, body: ${body} };`;
  const note = ignored.length === 0
    ? ""
    : `    // Decided by the scaffolder: ${commentText(ignored.join(", "))} ${
      ignored.length === 1 ? "has" : "have"
    } no effect yet.\n`;
  const range = `const range = offsetRange({ ${selected.join(", ")} }, { ${limits.join(", ")} });`;
  const usesNext = JSON.stringify(list.members).includes("next");
  const reading = paging.style === "offset"
    ? `      ${range}
      const request = { scope: ${scope}, filter: ${filter}, range, isCounted: ${hasTotal} };
      const page = await ${plural.camel}.range(request, { signal: context.signal });`
    : `      ${range}
      const scope = ${scope};
      const filter = ${filter};
      const owner = ${isOwned ? 'scope.kind === "owner" ? scope.subject : null' : "null"};
      const list = ["${plural.words}, newest first", JSON.stringify(filter, (_, value) => typeof value === "bigint" ? String(value) : value), owner];
      const request = cursorRequest({ limit: range.limit, after: ${
      access("query", paging.cursor ?? "")
    } }, { cursors, list });
      const page = await ${plural.camel}.list({ scope, filter, page: request }, { signal: context.signal });${
      usesNext ? "\n      const next = nextCursor(page, { cursors, list });" : ""
    }`;
  return `${note}    ${propertyKey(operation.operationId)}: async (${
    usesQuery ? "{ query }" : "_request"
  }, context) => {
${reading}
      ${result}
    },`;
}

function filterText({ parameter, isRequired, isList, column }: Filter): string {
  const sent = access("query", parameter);
  const one = toDomain(column, isList ? "value" : sent);
  const values = isList
    ? one === "value" ? sent : `${sent}${isRequired ? "" : "?"}.map((value) => ${one})`
    : isRequired
    ? `[${one}]`
    : `${sent} === undefined ? undefined : [${one}]`;
  return `${column.name}: ${values}`;
}

function listMemberText({ property, value, condition, otherwise }: ListMember): string {
  const name = propertyKey(property);
  const text = typeof value === "string" ? value : `{ ${value.map(listMemberText).join(", ")} }`;
  if (condition === undefined) return `${name}: ${text}`;
  return otherwise === undefined
    ? `...(${condition} && { ${name}: ${text} })`
    : `${name}: ${condition} ? ${text} : ${otherwise}`;
}
