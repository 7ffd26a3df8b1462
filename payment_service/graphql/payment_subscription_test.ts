import { assert, assertEquals, assertMatch } from "@std/assert";
import { createClient } from "graphql-sse";
import type { Server } from "@archway/server/server.ts";
import { EventReader } from "@archway/tools/support/event_reader.ts";
import { at } from "@archway/tools/support/graphql_client.ts";
import { serviceServer } from "@archway/tools/support/service_server.ts";
import { services } from "../../services.ts";
import { byName, money, openAccount, send } from "../testing/payment_client.ts";
import { PAYMENT_DATABASES, PAYMENT_SERVICES } from "../testing/payment_program.ts";

const graphqlModules = services.filter(({ name }) => name === "graphql");

const EVENTS = "subscription { paymentEvents { type version data { paymentId description } } }";

interface Harness {
  readonly server: Server;
  readonly url: string;
  /** Accounts with a balance. */
  readonly accounts: Readonly<Record<"ada" | "bob" | "cleo", string>>;
}

/** Pays from one caller to another, with a description. */
async function pay(
  { server, accounts }: Harness,
  description: string,
  from: "ada" | "cleo" = "ada",
): Promise<void> {
  const body = {
    payerAccountId: accounts[from],
    payeeAccountId: accounts.bob,
    amount: money("1.00"),
    description,
  };
  const { status, text } = await send(server, "POST /v1/payments", {
    as: from,
    key: crypto.randomUUID(),
    body,
  });
  assertEquals(status, 201, text);
}

function open(
  { url }: Pick<Harness, "url">,
  as: string,
  { query = EVENTS, headers = {} }: { readonly query?: string; readonly headers?: Record<string, string> } =
    {},
): Promise<EventReader> {
  return EventReader.open(`${url}/graphql`, {
    method: "POST",
    headers: {
      "Content-Type": "application/json",
      Accept: "text/event-stream",
      Authorization: `Bearer ${as}`,
      ...headers,
    },
    body: JSON.stringify({ query }),
  });
}

/** Returns the descriptions of the payments in the next events. */
async function descriptions(events: EventReader, count: number): Promise<readonly unknown[]> {
  const found: unknown[] = [];
  while (found.length < count) {
    const { event, data } = await events.next();
    assertEquals(event, "next");
    found.push(at(JSON.parse(data), "data.paymentEvents.data.description"));
  }
  return found;
}

const CASES: Readonly<Record<string, (harness: Harness) => Promise<void>>> = {
  "payer and payee receive the events of their payments, others none": async (harness) => {
    await using ada = await open(harness, "ada");
    await using bob = await open(harness, "bob");
    await using cleo = await open(harness, "cleo");
    await pay(harness, "1");
    await pay(harness, "2", "cleo");
    await pay(harness, "3");
    assertEquals(await descriptions(ada, 2), ["1", "3"]);
    assertEquals(await descriptions(bob, 3), ["1", "2", "3"]);
    assertEquals(await descriptions(cleo, 1), ["2"]);
  },
  "Last-Event-ID continues a subscription of the same caller": async (harness) => {
    await using first = await open(harness, "ada");
    await pay(harness, "1");
    const { id, data } = await first.next();
    assert(id !== undefined);
    assertEquals(at(JSON.parse(data), "extensions.eventId"), id);
    await first[Symbol.asyncDispose]();
    await pay(harness, "2");
    await pay(harness, "3");
    await using second = await open(harness, "ada", { headers: { "Last-Event-ID": id } });
    assertEquals(await descriptions(second, 2), ["2", "3"]);
    const query = EVENTS.replace("paymentEvents", `paymentEvents(after: ${JSON.stringify(id)})`);
    await using third = await open(harness, "ada", { query });
    assertEquals(await descriptions(third, 1), ["2"]);
    await using foreign = await open(harness, "bob", { query });
    const refused = JSON.parse((await foreign.next()).data);
    assertEquals(at(refused, "errors.0.extensions.type"), "/problems/malformed-request");
    assertEquals(at(refused, "errors.0.extensions.violations.0"), {
      path: ["after"],
      reason: "is the id of another caller's event",
    });
    assertEquals((await foreign.next()).event, "complete");
    assertEquals(await foreign.end(), "");
  },
  "errors and results of other operations are events, too": async (harness) => {
    for (
      const [query, pattern] of [
        ["subscription { paymentEvents { nothing } }", /Cannot query field/],
        ["subscription {", /Syntax Error/],
        ["{ __typename }", /^\{"data":\{"__typename":"Query"\}\}$/],
      ] as const
    ) {
      await using events = await open(harness, "ada", { query });
      const { event, data } = await events.next();
      assertEquals(event, "next");
      assertMatch(data, pattern);
      assertEquals(await events.next(), { event: "complete", data: "" });
      assertEquals(await events.end(), "");
    }
    await using denied = await open(harness, "ada-profiles");
    assertEquals(at(JSON.parse((await denied.next()).data), "errors.0.extensions.status"), 403);
    const response = await fetch(`${harness.url}/graphql?query=${encodeURIComponent(EVENTS)}`, {
      headers: { Authorization: "Bearer ada", Accept: "application/graphql-response+json" },
    });
    assertEquals(response.status, 400);
    assertMatch(await response.text(), /Subscriptions need Accept/);
  },
  "a caller has a limited number of them, until it leaves": async (harness) => {
    const opened = [await open(harness, "ada"), await open(harness, "ada")];
    const refused = await fetch(`${harness.url}/graphql?query=${encodeURIComponent(EVENTS)}`, {
      headers: { Authorization: "Bearer ada", Accept: "text/event-stream" },
    });
    assertEquals([refused.status, refused.headers.get("Retry-After")], [429, "5"]);
    await refused.body?.cancel();
    await using _other = await open(harness, "bob");
    for (const events of opened) await events[Symbol.asyncDispose]();
    for (;;) {
      const response = await fetch(`${harness.url}/graphql?query=${encodeURIComponent(EVENTS)}`, {
        headers: { Authorization: "Bearer ada", Accept: "text/event-stream" },
      });
      await response.body?.cancel();
      if (response.status === 200) break;
    }
  },
  "the client of graphql-sse subscribes": async (harness) => {
    const client = createClient({
      url: `${harness.url}/graphql`,
      headers: { Authorization: "Bearer ada" },
      retryAttempts: 0,
    });
    const connected = Promise.withResolvers<void>();
    const results = client.iterate({ query: EVENTS }, { connected: () => connected.resolve() });
    const next = results.next();
    await connected.promise;
    await pay(harness, "1");
    assertEquals(at((await next).value, "data.paymentEvents.type"), "PAYMENT_SETTLED");
    client.dispose();
  },
  "a stop ends them, complete, for clients to connect again": async (harness) => {
    await using events = await open(harness, "ada");
    await pay(harness, "1");
    assertEquals(await descriptions(events, 1), ["1"]);
    await harness.server[Symbol.asyncDispose]();
    assertEquals(await events.end(), "");
  },
};

for (const [name, openDatabase] of Object.entries(PAYMENT_DATABASES)) {
  Deno.test({
    name: `PAYMENT_GRAPHQL subscribes to payment events on ${name}`,
    ignore: graphqlModules.length === 0,
    async fn(t): Promise<void> {
      await using database = await openDatabase();
      await using server = serviceServer(database.pool, {
        services: [...PAYMENT_SERVICES, ...graphqlModules],
        options: [byName],
        settings: { GRAPHQL_MAX_SUBSCRIPTIONS: "2" },
      });
      const { url } = await server.listen();
      for (const [title, run] of Object.entries(CASES)) {
        await t.step(title, async () => {
          const accounts = {
            ada: await openAccount(server, "100.00", { as: "ada" }),
            bob: await openAccount(server, "100.00", { as: "bob" }),
            cleo: await openAccount(server, "100.00", { as: "cleo" }),
          };
          await run({ server, url: url.replace(/\/$/, ""), accounts });
        });
      }
    },
  });
}
