import type { JsonValue } from "@archway/server/operation.ts";
import { isObject } from "../../../oapi_codegen/document/json_value.ts";
import type { Collection, PlannedList, PlannedWrite } from "../collection.ts";
import { isWhole } from "../plan_columns.ts";
import { keyParameter } from "../plan_key.ts";
import { literal, type ServiceNaming } from "./code.ts";

/** Returns the databases of a service's tests. */
export function databasesText({ camel }: ServiceNaming): string {
  return `import { serviceDatabases } from "@archway/tools/support/service_databases.ts";
import { ${camel}Module } from "../module.ts";

/** Databases with the tables of the service, and of what it requires, for test suites, by name. */
export const DATABASES = serviceDatabases(${camel}Module);
`;
}

/** Returns the in-process server of a service's tests. */
export function serverText({ camel }: ServiceNaming): string {
  return `import type { ConnectionPool } from "@archway/db/db.ts";
import type { Server } from "@archway/server/server.ts";
import type { ServerOption } from "@archway/server/server_options.ts";
import { serviceServer } from "@archway/tools/support/service_server.ts";
import { ${camel}Module } from "../module.ts";

/** Creates an in-process server of the service over a database, with response validation. */
export function ${camel}Server(pool: ConnectionPool, ...options: ServerOption[]): Server {
  return serviceServer(pool, { services: [${camel}Module], options });
}
`;
}

/** Returns the tests of a resource, on every database. */
export function resourceTestText(service: ServiceNaming, collection: Collection): string {
  const { names: { plural, one }, key, create, lists, read, replace, patch, remove, samples, keys } =
    collection;
  const isClients = key.namedBy === "client";
  const [first, second] = samples.map((sample) => withoutKey(sample, collection));
  const status = create.response.success.response.status;
  const stored = comparableNames(create, first);
  const body = isClients
    ? `{ ...body, ${JSON.stringify(key.property)}: KEYS[made++ % KEYS.length] }`
    : "body";
  const returned = create.response.representation !== undefined;
  const keyOf = (json: string, property: string | undefined): string =>
    `String(member(${property === undefined ? json : `member(${json}, ${JSON.stringify(property)})`}, ${
      JSON.stringify(key.property)
    }))`;
  const made = returned
    ? keyOf("created.json", create.response.property)
    : isClients
    ? `String(member(sent, ${JSON.stringify(key.property)}))`
    : '""';
  const itemOf = (json: string, property: string | undefined): string =>
    property === undefined ? json : `member(${json}, ${JSON.stringify(property)})`;
  const cases = [
    ...(read === undefined ? [] : [`  "POST stores ${one}, which GET returns": async (server) => {
    const key = await create(server, FIRST);
    const read = await exchange(server, ${itemLine("GET", read.operation)});
    assertEquals(read.status, ${read.response.success.response.status});
    assertEquals(pick(${itemOf("read.json", read.response.property)}, STORED), pick(FIRST, STORED));
  },
  "${one} that does not exist is a 404": async (server) => {
    const key = ${JSON.stringify(keys.missing)};
    assertEquals((await exchange(server, ${itemLine("GET", read.operation)})).status, 404);
  },`]),
    ...(isClients
      ? [`  "a key that exists is a 409": async (server) => {
    const key = await create(server, FIRST);
    const again = await exchange(server, "POST ${create.operation.path}", {
      body: { ...FIRST, ${JSON.stringify(key.property)}: ${key.kind === "bigint" ? "Number(key)" : "key"} },
    });
    assertEquals(again.status, 409);
  },`]
      : []),
    ...lists.flatMap((list) => listCases(list, collection)),
    ...[["PUT", replace], ["PATCH", patch]].flatMap(([method, write]) =>
      typeof write === "string" || write === undefined || typeof method !== "string"
        ? []
        : [changeCase(write, { method, collection, itemOf })]
    ),
    ...staleCase(collection),
    ...(remove === undefined ? [] : [`  "DELETE removes ${one}": async (server) => {
    const key = await create(server, FIRST);
    const { status } = await exchange(server, ${itemLine("DELETE", remove.operation)}${
      headersArgument(remove.operation, undefined)
    });
    assertEquals(status, ${remove.response.success.response.status});${
      read === undefined ? "" : `
    assertEquals((await exchange(server, ${itemLine("GET", read.operation)})).status, 404);`
    }
    assertEquals((await exchange(server, ${itemLine("DELETE", remove.operation)}${
      headersArgument(remove.operation, undefined)
    })).status, 404);
  },`]),
  ];
  const text = cases.join("\n");
  const uses = (name: string): boolean =>
    text.includes(`${name}(`) || name === "member" && (returned || isClients);
  return `import { assertEquals } from "@std/assert";
import type { Server } from "@archway/server/server.ts";
import { ${
    ["exchange", "lengthOf", "member", "pick"].filter((name) => name === "exchange" || uses(name)).join(", ")
  } } from "@archway/tools/support/exchange_json.ts";
import { DATABASES } from "./testing/${service.api}_databases.ts";
import { ${service.camel}Server } from "./testing/${service.api}_server.ts";

/** Bodies that the document allows, with all properties and with those that it requires. */
const FIRST = ${literal(first ?? {})};
${text.includes("SECOND") ? `const SECOND = ${literal(second ?? {})};\n` : ""}${
    text.includes("STORED")
      ? `/** Properties that are stored as they are sent. */\nconst STORED: readonly string[] = ${
        literal(stored)
      };\n`
      : ""
  }${
    isClients
      ? `/** Keys that the tests choose. */\nconst KEYS = ${literal([...keys.made])};\nlet made = 0;\n`
      : ""
  }
/** Creates ${one}, and returns its key. */
async function create(server: Server, body: object): Promise<string> {
  const sent = ${body};
  const created = await exchange(server, "POST ${create.operation.path}", { body: sent });
  assertEquals(created.status, ${status});
  return ${made};
}

/** HTTP behavior on every database. Each case starts with an empty table. */
const CASES: Readonly<Record<string, (server: Server) => Promise<void>>> = {
${text}
};

for (const [name, open] of Object.entries(DATABASES)) {
  Deno.test(\`${plural.words} on \${name}\`, async (t) => {
    await using database = await open();
    await using server = ${service.camel}Server(database.pool);
    for (const [title, run] of Object.entries(CASES)) {
      await t.step(title, async () => {
        await database.pool.writer().query("delete from ${plural.snake}");
        await run(server);
      });
    }
  });
}
`;
}

/** Returns a body without the key that clients need not send. */
function withoutKey(sample: JsonValue, { key, create }: Collection): JsonValue {
  if (!isObject(sample) || key.namedBy === "server" && create.key === "required") return sample;
  const { [key.property]: _, ...rest } = sample;
  return rest;
}

function listCases(list: PlannedList, collection: Collection): readonly string[] {
  const { operation, paging, filters, property, success } = list;
  const { samples: [first] } = collection;
  const values = filters.flatMap((filter) => {
    const value = isObject(first) ? first[filter.column.property] : undefined;
    return value === undefined || value === null ? [] : [{ filter, text: encodeURIComponent(String(value)) }];
  });
  const required = filters.filter(({ isRequired }) => isRequired);
  if (required.some((filter) => !values.some((value) => value.filter === filter))) return [];
  const query = (more: readonly string[]): string => {
    const fixed = values.filter(({ filter }) => filter.isRequired).map(({ filter, text }) =>
      `${encodeURIComponent(filter.parameter)}=${text}`
    );
    const all = [...fixed, ...more];
    return all.length === 0 ? operation.path : `${operation.path}?${all.join("&")}`;
  };
  const items = property === undefined ? "json" : `member(json, ${JSON.stringify(property)})`;
  const title = `GET ${operation.path}`;
  const count = (path: string, expected: number): string =>
    `    {
      const { status, json } = await exchange(server, ${JSON.stringify(`GET ${path}`)});
      assertEquals([status, lengthOf(${items})], [${success.response.status}, ${expected}]);
    }\n`;
  const isPaged = paging.limit !== undefined && paging.maxLimit >= 2 &&
    (paging.page !== undefined || paging.offset !== undefined);
  const limit = `${encodeURIComponent(paging.limit ?? "")}=2`;
  const next = paging.page !== undefined
    ? `${encodeURIComponent(paging.page)}=${paging.firstPage + 1}`
    : `${encodeURIComponent(paging.offset ?? "")}=2`;
  const optional = values.filter(({ filter }) => !filter.isRequired);
  return [
    `  "${title} lists what was created": async (server) => {
    for (let count = 0; count < 3; count++) await create(server, FIRST);
${count(query([]), Math.min(3, paging.defaultLimit))}${
      isPaged ? count(query([limit]), 2) + count(query([limit, next]), 1) : ""
    }  },`,
    ...(optional.length === 0 ? [] : [`  "${title} filters": async (server) => {
    await create(server, FIRST);
${
      optional.map(({ filter, text }) => count(query([`${encodeURIComponent(filter.parameter)}=${text}`]), 1))
        .join("")
    }  },`]),
  ];
}

/** Returns the test of the first change that takes a version. */
function staleCase(collection: Collection): readonly string[] {
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

function changeCase(
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
  const seen = response.representation === undefined ? undefined : itemOf("json", response.property);
  const reading = read === undefined ? "" : `
    const read = await exchange(server, ${itemLine("GET", read.operation)});
    assertEquals(pick(${itemOf("read.json", read.response.property)}, names), pick(changed, names));`;
  const usesNames = seen !== undefined || read !== undefined;
  return `  "${method} changes ${one}": async (server) => {
    const key = await create(server, FIRST);
    const changed = ${literal(changed)};${
    usesNames ? `\n    const names: readonly string[] = ${literal(names)};` : ""
  }
    const { status${seen === undefined ? "" : ", json"} } = await exchange(server, ${line}${extra});
    assertEquals(status, ${response.success.response.status});${
    seen === undefined ? "" : `\n    assertEquals(pick(${seen}, names), pick(changed, names));`
  }${reading}
  },`;
}

/** Returns the first line of a request about an item, as code. */
function itemLine(method: string, { path }: PlannedWrite["operation"]): string {
  return `\`${method} ${path.replace(/\{[^{}]+\}/, "${encodeURIComponent(key)}")}\``;
}

function headersArgument(
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
function comparableNames({ members }: PlannedWrite, body: JsonValue | undefined): readonly string[] {
  if (!isObject(body)) return [];
  if (members.some(({ column }) => isWhole(column))) return Object.keys(body);
  return members.map(({ column }) => column)
    .filter(({ type, property }) => type.kind !== "timestamp" && body[property] !== undefined)
    .map(({ property }) => property);
}
