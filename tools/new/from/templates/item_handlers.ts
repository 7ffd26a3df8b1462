import { propertyKey } from "../../../oapi_codegen/types/identifiers.ts";
import type { Collection, PlannedOperation, PlannedResponse, PlannedWrite } from "../collection.ts";
import { keyParameter } from "../plan_key.ts";
import { access, contentTypeText, hasKeyColumn, literal } from "./code.ts";
import { keepsValues } from "./dto.ts";

/** Returns the handler that creates an item. */
export function createText(planned: PlannedWrite, collection: Collection): string {
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

/** Returns the handler that reads an item. */
export function readText({ operation, response }: PlannedOperation, collection: Collection): string {
  const { names: { singular, plural } } = collection;
  const type = singular.camel;
  return `    ${propertyKey(operation.operationId)}: async ({ path }, context) => {
      const ${type} = await ${plural.camel}.get(${
    pathKey(operation, collection)
  }, { signal: context.signal });
      return ${responseText(response, type)};
    },`;
}

/** Returns the handler that replaces or patches an item. */
export function writeText(
  planned: PlannedWrite,
  change: "patched" | "replaced",
  collection: Collection,
): string {
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

/** Returns the handler that deletes an item. */
export function removeText({ operation, response }: PlannedOperation, collection: Collection): string {
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
