import { assert, assertEquals } from "@std/assert";
import { EnvironmentReader } from "@archway/config/environment_reader.ts";
import { createMemoryLimiter } from "@archway/server/rate_limiters.ts";
import type { RequestObserver } from "@archway/server/request_observer.ts";
import type { Server } from "@archway/server/server.ts";
import { withObserver, withRateLimit } from "@archway/server/server_options.ts";
import { contactModule } from "@archway/tools/support/contact_service/module.ts";
import { DATABASES } from "@archway/tools/support/databases.ts";
import { sendGraphql } from "@archway/tools/support/graphql_client.ts";
import { serviceServer } from "@archway/tools/support/service_server.ts";
import { graphqlModule } from "./module.ts";

const MISSING = "01a2023b-983b-7000-83d3-81c8f54d2496";

async function withServer(
  run: (server: Server) => Promise<void>,
  { env = {}, quota = 10, observer = (serve) => serve }: {
    readonly env?: Readonly<Record<string, string>>;
    readonly quota?: number;
    readonly observer?: RequestObserver;
  },
): Promise<void> {
  const { embedded: open } = DATABASES;
  assert(open !== undefined);
  await using database = await open();
  const configured = {
    ...graphqlModule,
    configure: () => graphqlModule.configure(new EnvironmentReader((name) => env[name])),
  };
  const policy = { name: "default", quota, windowSeconds: 600 };
  await using server = serviceServer(database.pool, {
    services: [contactModule, configured],
    options: [
      withObserver(observer),
      withRateLimit({
        callers: await createMemoryLimiter(),
        policy,
        operationPolicies: new Map([["getContact", { name: "getContact", quota: 2, windowSeconds: 600 }]]),
        addresses: await createMemoryLimiter(),
        addressPolicy: { ...policy, name: "address", quota: 1_000 },
      }),
    ],
  });
  await run(server);
}

Deno.test("graphqlModule counts a request by its cost, and calls by the quota of their operation", async () => {
  await withServer(async (server) => {
    const costly = "{ contacts(first: 200) { nodes { id name email createdAt } edges { node { id } } } }";
    const first = await sendGraphql(server, costly);
    assertEquals(first.errors, []);
    // One for the request, and one for 400 units of its cost.
    assertEquals(/r=(\d+)/.exec(first.headers.get("ratelimit") ?? "")?.[1], "8");
    const one = `{ contact(id: "${MISSING}") { id } }`;
    for (let index = 0; index < 2; index++) assertEquals((await sendGraphql(server, one)).errors, []);
    const { status, errors } = await sendGraphql(server, one);
    assertEquals([status, errors[0]?.extensions?.["type"]], [200, "/problems/rate-limited"]);
  }, {});
});

Deno.test("graphqlModule accepts only the documents of GRAPHQL_DOCUMENTS, and hides or shows its schema", async () => {
  const path = await Deno.makeTempFile({ suffix: ".json" });
  try {
    await Deno.writeTextFile(
      path,
      JSON.stringify({ contacts: "{ contacts { nodes { id } } }", named: "query Named { __typename }" }),
    );
    const post = async (server: Server, body: unknown): Promise<unknown> => {
      const response = await server.fetch(
        new Request("http://localhost/graphql", {
          method: "POST",
          headers: { "Content-Type": "application/json" },
          body: JSON.stringify(body),
        }),
      );
      return [response.status, await response.json()];
    };
    const names: (string | undefined)[] = [];
    const observer: RequestObserver = (serve) => async (exchange): Promise<Response> => {
      const response = await serve(exchange);
      names.push(exchange.operationName);
      return response;
    };
    await withServer(async (server) => {
      assertEquals(await post(server, { documentId: "contacts" }), [200, {
        data: { contacts: { nodes: [] } },
      }]);
      const get = await server.fetch(new Request("http://localhost/graphql?documentId=contacts"));
      assertEquals(await get.json(), { data: { contacts: { nodes: [] } } });
      await post(server, { documentId: "named" });
      assertEquals(names, ["contacts", "contacts", "Named"]);
      for (const body of [{ query: "query Own { __typename }" }, { documentId: "other" }]) {
        const reply = await post(server, body);
        assert(Array.isArray(reply));
        assertEquals([reply[0], reply[1].type], [400, "/problems/malformed-request"]);
      }
      assertEquals(names.slice(3), [undefined, undefined]);
    }, { env: { GRAPHQL_DOCUMENTS: path }, observer });
    await withServer(async (server) => {
      const { status } = await sendGraphql(server, "{ __schema { queryType { name } } }");
      assertEquals(status, 200);
    }, { env: { GRAPHQL_INTROSPECTION: "true" } });
  } finally {
    await Deno.remove(path);
  }
});
