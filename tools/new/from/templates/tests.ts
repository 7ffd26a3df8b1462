import type { Collection } from "../collection.ts";
import {
  changeCase,
  comparableNames,
  headersArgument,
  itemLine,
  staleCase,
  withoutKey,
} from "./change_cases.ts";
import { literal, type ServiceNaming } from "./code.ts";
import { listCases } from "./list_cases.ts";

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
