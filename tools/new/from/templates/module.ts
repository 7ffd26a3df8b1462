import type { JsonValue } from "@archway/server/operation.ts";
import { propertyKey } from "../../../oapi_codegen/types/identifiers.ts";
import type { Collection } from "../collection.ts";
import { tableText } from "../../templates/module.ts";
import type { LeftOperation } from "../collection_operations.ts";
import { commentText, listStyles, type ServiceNaming } from "./code.ts";

/** Parts of a service for its module. */
export interface ModuleParts {
  readonly collections: readonly Collection[];
  readonly left: readonly LeftOperation[];
  /** Scopes of the document. */
  readonly scopes: readonly string[];
}

/** Returns module.ts of a service. */
export function moduleText(service: ServiceNaming, { collections, left, scopes }: ModuleParts): string {
  const { api, camel, folder, name } = service;
  const hasTable = collections.length > 0;
  const hasCursors = collections.some((collection) => listStyles(collection).cursor);
  const imports = collections.flatMap(({ names: { singular, plural } }) => [
    `import { ${singular.pascal}Service } from "./app/${plural.snake}.ts";`,
    `import { ${singular.camel}Handlers } from "./http/${singular.snake}_handlers.ts";`,
    `import { Postgres${singular.pascal}Repository } from "./persistence/${singular.snake}_repository.ts";`,
  ]).toSorted((one, other) => pathOf(one) < pathOf(other) ? -1 : 1);
  const wiring = collections.map((collection) => {
    const { names: { singular, plural } } = collection;
    return `    const ${plural.camel} = new ${singular.pascal}Service({
      connections,
      repository: new Postgres${singular.pascal}Repository(),
      now,
      newId,
    });\n`;
  });
  const handlers = [
    ...collections.map((collection) => {
      const { names: { singular, plural } } = collection;
      const cursors = listStyles(collection).cursor
        ? `, timeCursors("${plural.words} cursor", dependencies)`
        : "";
      return `...${singular.camel}Handlers(${plural.camel}${cursors})`;
    }),
    ...(left.length > 0 ? ["...unwritten"] : []),
  ];
  const examples = collections.slice(0, 3).flatMap(({ create, lists: [list], samples: [, body] }) => [
    `curl -i {url}${create.operation.path} -H 'Content-Type: application/json' -d '${quoted(body)}'`,
    ...(list === undefined ? [] : [`curl -s {url}${list.operation.path}`]),
  ]);
  const mounting = hasTable
    ? `    const { pool: connections, now, newId } = dependencies;\n${wiring.join("")}`
    : "";
  return `${
    hasTable ? 'import { join } from "node:path";\n' : ""
  }import { routes, spec } from "@archway/api/${api}api/server.gen.ts";
${
    hasCursors
      ? 'import { timeCursors } from "@archway/service_kit/page_cursors.ts";\n'
      : ""
  }import { defineService, type MountedService } from "@archway/service_kit/service_module.ts";
${imports.map((line) => `${line}\n`).join("")}import { ${camel}Problems } from "./http/${api}_problems.ts";
${left.length > 0 ? 'import { unwritten } from "./http/unwritten.ts";\n' : ""}
/** The ${name.replaceAll("-", " ")} service. */
export const ${camel}Module = defineService({
  name: "${folder}",
${
    hasTable
      ? `  migrations: join(import.meta.dirname ?? ".", "migrations"),
  tables: [${
        collections.map(({ names: { plural }, isOwned }) => tableText(plural.snake, isOwned ? ["owner"] : []))
          .join(", ")
      }],\n`
      : ""
  }${scopes.length > 0 ? `  scopes: [${scopes.map((scope) => JSON.stringify(scope)).join(", ")}],\n` : ""}${
    examples.length > 0 ? `  examples: [${examples.map((line) => JSON.stringify(line)).join(", ")}],\n` : ""
  }  mount(${hasTable ? "dependencies" : ""}): MountedService {
${mounting}    const handlers = { ${handlers.join(", ")} };
    return { api: { name: "${api}", routes: routes(handlers), document: spec, ...${camel}Problems } };
  },
});
`;
}

function pathOf(line: string): string {
  return line.split(" from ")[1] ?? "";
}

/** Returns a value in JSON for a shell, in single quotes. */
function quoted(value: JsonValue): string {
  return JSON.stringify(value).replaceAll("'", "'\\''");
}

/** Returns the table of the service's problem types. */
export function problemsText(service: ServiceNaming, collections: readonly Collection[]): string {
  const imports = collections.map(({ names: { singular } }) =>
    `import type { ${singular.pascal}ErrorCode } from "../domain/${singular.snake}.ts";\n`
  ).toSorted();
  const codes = collections.map(({ names: { singular } }) => `${singular.pascal}ErrorCode`).join(" | ");
  const types = collections.flatMap(({ names: { singular, one }, key }) => {
    const { kebab, words } = singular;
    return [
      `  "${kebab}-not-found": notFound("${words}"),\n`,
      `  "${kebab}-changed": changed("${words}"),\n`,
      `  "invalid-${kebab}": invalid("${words}"),\n`,
      ...(key.namedBy === "server" ? [] : [`  "${kebab}-exists": {
    title: "${words.charAt(0).toUpperCase()}${words.slice(1)} exists",
    status: 409,
    detail: "There is ${one} with this ${key.property} already, or there was one: choose another ${key.property}.",
  },\n`]),
    ];
  });
  const functions = collections.length > 0 ? "changed, invalid, notFound, problemTable" : "problemTable";
  return `import { ${functions} } from "@archway/service_kit/problem_table.ts";
${imports.join("")}
/** Problem types of the ${service.name.replaceAll("-", " ")} service, by error code. */
export const ${service.camel}Problems = problemTable${codes === "" ? "" : `<${codes}>`}({
${types.join("")}});
`;
}

/** Returns the handlers of operations that are not written yet. */
export function unwrittenText(service: ServiceNaming, left: readonly LeftOperation[]): string {
  const handlers = left.map(({ operation: { operationId, method, path }, reason }) =>
    `  // ${commentText(`${method} ${path}: ${reason}`)}.\n  ${propertyKey(operationId)}: notImplemented,\n`
  );
  return `import type * as api from "@archway/api/${service.api}api/server.gen.ts";
import { notImplemented } from "@archway/service_kit/not_implemented.ts";

/** Operations that respond with 501 until they are written; move each to the handlers of its resource. */
export const unwritten = {
${handlers.join("")}} satisfies Partial<api.StrictServerInterface>;
`;
}
