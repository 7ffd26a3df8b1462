import { type Collection, representationsOf } from "../collection.ts";
import { servedOperations } from "../plan_service.ts";
import { listStyles, type ServiceNaming } from "./code.ts";
import { createText, readText, removeText, writeText } from "./item_handlers.ts";
import { listText } from "./list_handler.ts";

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
