import { propertyKey } from "../../../oapi_codegen/types/identifiers.ts";
import {
  type Collection,
  type Filter,
  type ListMember,
  type PlannedList,
  type PlannedOperation,
  type PlannedResponse,
  type PlannedWrite,
  representationsOf,
} from "../collection.ts";
import { keyParameter } from "../plan_key.ts";
import { servedOperations } from "../plan_service.ts";
import {
  access,
  commentText,
  hasKeyColumn,
  listStyles,
  literal,
  type ServiceNaming,
  toDomain,
} from "./code.ts";
import { keepsValues } from "./dto.ts";

/** Returns the handlers of a resource. */
export function handlersText(service: ServiceNaming, collection: Collection): string {
  const { names: { singular, plural }, create, lists, read, replace, patch, remove, isOwned } = collection;
  const [Type, type, types] = [singular.pascal, singular.camel, plural.camel];
  const { cursor } = listStyles(collection);
  const body = [
    createText(create, collection),
    ...lists.map((list) => listText(list, collection)),
    ...(read === undefined ? [] : [readText(read, collection)]),
    ...(replace === undefined ? [] : [writeText(replace, "replaced", collection)]),
    ...(patch === undefined ? [] : [writeText(patch, "patched", collection)]),
    ...(remove === undefined ? [] : [removeText(remove, collection)]),
  ].join("\n");
  const usesKey = body.includes("keyOf(");
  const keyText = usesKey
    ? `
function keyOf(value: string | number${isOwned ? ", context: RequestContext" : ""}): ResourceKey {
  return { id: resourceKey("${singular.kebab}", { value, kind: "${collection.key.kind}" }), scope: ${
      isOwned ? "scopeOf(context)" : "UNRESTRICTED"
    } };
}
`
    : "";
  const access = [
    ...(isOwned ? ["accessScopeOf", "ownerOf"] : []),
    ...(usesKey ? ["type ResourceKey"] : []),
    ...(!isOwned && (usesKey || lists.length > 0) ? ["UNRESTRICTED"] : []),
  ];
  const has = (name: string): boolean => body.includes(`${name}(`);
  const range = ["offsetRange", "pageUrl"].filter(has);
  const dto = [
    ...representationsOf(collection).map(({ functionName }) => functionName),
    `${type}Input`,
    ...(replace === undefined ? [] : [`replaced${Type}`]),
    ...(patch === undefined ? [] : [`patched${Type}`]),
  ].toSorted();
  const imports = [
    `import type * as api from "@archway/api/${service.api}api/server.gen.ts";`,
    ...(isOwned && usesKey
      ? ['import type { RequestContext } from "@archway/server/request_context.ts";']
      : []),
    ...(access.length > 0
      ? [`import { ${access.join(", ")} } from "@archway/service_kit/access_scope.ts";`]
      : []),
    ...(cursor ? ['import { cursorRequest, nextCursor } from "@archway/service_kit/cursor_page.ts";'] : []),
    ...(has("invalidError") ? ['import { invalidError } from "@archway/service_kit/domain_error.ts";'] : []),
    ...(has("formatVersion")
      ? ['import { formatVersion } from "@archway/service_kit/entity_version.ts";']
      : []),
    ...(range.length > 0
      ? [`import { ${range.join(", ")} } from "@archway/service_kit/offset_page.ts";`]
      : []),
    ...(cursor ? ['import type { PageCursors } from "@archway/service_kit/page_cursors.ts";'] : []),
    ...(usesKey ? ['import { resourceKey } from "@archway/service_kit/resource_key.ts";'] : []),
    ...(has("conditionOf")
      ? ['import { conditionOf } from "@archway/service_kit/resource_responses.ts";']
      : []),
    ...(has("utcTimestamp") ? ['import { utcTimestamp } from "@archway/service_kit/storable.ts";'] : []),
    `import type { ${Type}Service } from "../app/${plural.snake}.ts";`,
    `import { ${dto.join(", ")} } from "./${singular.snake}_dto.ts";`,
  ];
  const names = servedOperations(collection).map(({ operationId }) => JSON.stringify(operationId));
  return `${imports.join("\n")}

${
    isOwned
      ? `const scopeOf = accessScopeOf("${service.name}:admin");\n\n`
      : ""
  }/** Handlers of ${plural.words}. */
export function ${type}Handlers(
  ${types}: ${Type}Service${cursor ? ",\n  cursors: PageCursors" : ""},
): Pick<api.StrictServerInterface, ${names.join(" | ")}> {
  return {
${body}
  };
}
${keyText}`;
}

function createText(planned: PlannedWrite, collection: Collection): string {
  const { names: { singular, plural }, isOwned } = collection;
  const { operation, response } = planned;
  const [type, types] = [singular.camel, plural.camel];
  const options = `{ ${isOwned ? "owner: ownerOf(context), " : ""}signal: context.signal }`;
  const call = `await ${types}.create(${type}Input(body), ${options})`;
  const isUsed = usesItem(response);
  return `    ${propertyKey(operation.operationId)}: async ({ body }, context) => {
${bodyCheck(planned, singular.kebab)}      ${isUsed ? `const ${type} = ` : ""}${call};
      return ${responseText(response, type, locationText(planned, collection))};
    },`;
}

/** Returns the path of a created item. */
function locationText({ operation }: PlannedWrite, collection: Collection): string {
  const item = collection.names.singular.camel;
  const key = hasKeyColumn(collection) ? `${item}.key` : `${item}.id`;
  const text = collection.key.kind === "text" ? `encodeURIComponent(${key})` : key;
  return `\`${operation.path}/\${${text}}\``;
}

function readText({ operation, response }: PlannedOperation, collection: Collection): string {
  const { names: { singular, plural } } = collection;
  const type = singular.camel;
  return `    ${propertyKey(operation.operationId)}: async ({ path }, context) => {
      const ${type} = await ${plural.camel}.get(${
    pathKey(operation, collection)
  }, { signal: context.signal });
      return ${responseText(response, type)};
    },`;
}

function writeText(planned: PlannedWrite, change: "patched" | "replaced", collection: Collection): string {
  const { operation, response } = planned;
  const { names: { singular, plural }, key } = collection;
  const [Type, type] = [singular.pascal, singular.camel];
  const isAtItem = keyParameter(operation) !== undefined;
  const { parameter, condition } = conditionText(operation);
  const inputs = [...(isAtItem ? ["path"] : []), ...(parameter ? ["headers"] : []), "body"].join(", ");
  const sent = access("body", key.property);
  const keyCheck = !isAtItem && planned.key === "optional"
    ? `      if (${sent} === undefined) throw invalidError("${singular.kebab}", [{ field: ${
      JSON.stringify(key.property)
    }, reason: "is required here" }]);\n`
    : "";
  const usesCurrent = keepsValues(planned, collection, change);
  const changed = `(${usesCurrent ? "current" : ""}) => ${change}${Type}(body${
    usesCurrent ? ", current" : ""
  })`;
  const isUsed = usesItem(response);
  const keyArgument = isAtItem ? pathKey(operation, collection) : keyCall(sent, collection);
  return `    ${propertyKey(operation.operationId)}: async ({ ${inputs} }, context) => {
${bodyCheck(planned, singular.kebab)}${keyCheck}      const key = ${keyArgument};
      ${
    isUsed ? `const ${type} = ` : ""
  }await ${plural.camel}.modify(key, ${changed}, { condition: ${condition}, signal: context.signal });
      return ${responseText(response, type)};
    },`;
}

function removeText({ operation, response }: PlannedOperation, collection: Collection): string {
  const { names: { singular, plural } } = collection;
  const { parameter, condition } = conditionText(operation);
  const isUsed = usesItem(response);
  const reading = isUsed
    ? `      const ${singular.camel} = await ${plural.camel}.get(key, { signal: context.signal });\n`
    : "";
  return `    ${propertyKey(operation.operationId)}: async ({ path${
    parameter ? ", headers" : ""
  } }, context) => {
      const key = ${pathKey(operation, collection)};
${reading}      await ${plural.camel}.delete(key, { condition: ${condition}, signal: context.signal });
      return ${responseText(response, singular.camel)};
    },`;
}

function listText(list: PlannedList, collection: Collection): string {
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

function bodyCheck({ isBodyOptional, isBodyNullable }: PlannedWrite, code: string): string {
  const empty = [...(isBodyOptional ? ["undefined"] : []), ...(isBodyNullable ? ["null"] : [])];
  return empty.length > 0
    ? `      if (${
      empty.map((value) => `body === ${value}`).join(" || ")
    }) throw invalidError("${code}", [{ field: "", reason: "is required" }]);\n`
    : "";
}

/** Returns the version condition of a request, and whether it has a header with one. */
function conditionText(
  { parameters }: PlannedOperation["operation"],
): { readonly parameter: boolean; readonly condition: string } {
  const found = parameters.find((one) => one.in === "header" && one.name.toLowerCase() === "if-match");
  if (found === undefined) return { parameter: false, condition: '"any"' };
  const header = access("headers", found.name);
  const condition = `conditionOf({ "If-Match": ${header} })`;
  return {
    parameter: true,
    condition: found.required ? condition : `${header} === undefined ? "any" : ${condition}`,
  };
}

function pathKey(operation: PlannedOperation["operation"], collection: Collection): string {
  return keyCall(access("path", keyParameter(operation)?.name ?? ""), collection);
}

function keyCall(value: string, { isOwned }: Collection): string {
  return `keyOf(${value}${isOwned ? ", context" : ""})`;
}

function usesItem({ success, representation }: PlannedResponse): boolean {
  return representation !== undefined ||
    success.response.headers.some(({ name }) => ["etag", "location"].includes(name.toLowerCase()));
}

function contentTypeText(hasSeveral: boolean, mediaType: string | undefined): string {
  return hasSeveral && mediaType !== undefined ? `, contentType: ${JSON.stringify(mediaType)}` : "";
}

function responseText(
  { success: { response, media }, representation, property, constants }: PlannedResponse,
  item: string,
  created?: string,
): string {
  const headers = response.headers.flatMap(({ name }) => {
    if (name.toLowerCase() === "etag") return [`${propertyKey(name)}: formatVersion(${item}.version)`];
    return name.toLowerCase() === "location" && created !== undefined
      ? [`${propertyKey(name)}: ${created}`]
      : [];
  });
  const json = representation === undefined ? undefined : `${representation.functionName}(${item})`;
  const members = constants.map(([name, value]) => `${propertyKey(name)}: ${literal(value)}`);
  const body = json === undefined
    ? ""
    : `, body: ${
      property === undefined ? json : `{ ${[`${propertyKey(property)}: ${json}`, ...members].join(", ")} }`
    }`;
  return `{ status: ${response.status}${contentTypeText(response.content.length > 1, media?.mediaType)}${
    headers.length > 0 ? `, headers: { ${headers.join(", ")} }` : ""
  }${body} }`;
}
