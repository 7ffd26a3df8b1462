import { assert, assertEquals, assertMatch } from "@std/assert";
import { auditServer } from "graphql-http";
import type { Principal } from "@archway/server/request_context.ts";
import type { Server } from "@archway/server/server.ts";
import { type ServerOption, withAuthenticator, withMaxBodyBytes } from "@archway/server/server_options.ts";
import type { ServiceModule } from "@archway/service_kit/service_module.ts";
import { contactModule } from "@archway/tools/support/contact_service/module.ts";
import { costlyDocuments } from "@archway/tools/support/costly_documents.ts";
import { DATABASES } from "@archway/tools/support/databases.ts";
import { at, sendGraphql } from "@archway/tools/support/graphql_client.ts";
import { serviceServer } from "@archway/tools/support/service_server.ts";
import { graphqlModule } from "./module.ts";

const SERVICES: readonly ServiceModule[] = [contactModule, graphqlModule];

/** Authenticator whose tokens are subject names; "…-reader" only reads. */
const byName: ServerOption = withAuthenticator({
  authenticate(token): Principal {
    const [subject = "", role] = token.split("-");
    return { subject, scopes: new Set(["contacts:read", ...(role === undefined ? ["contacts:write"] : [])]) };
  },
});

const CREATE = `mutation ($name: String!) { createContact(input: { name: $name }) {
  __typename
  ... on CreateContactSuccess { contact { id etag name } consistencyToken }
  ... on Problem { type title status detail }
  ... on InvalidInputProblem { violations { path reason } }
} }`;

async function create(server: Server, name: string, as = "ada"): Promise<{ id: string; etag: string }> {
  const { data } = await sendGraphql(server, CREATE, { as, variables: { name } });
  const [id, etag] = [at(data, "createContact.contact.id"), at(data, "createContact.contact.etag")];
  return { id: String(id), etag: String(etag) };
}

function get(server: Server, query: string, headers: Record<string, string> = {}): Promise<Response> {
  const url = `http://localhost/graphql?query=${encodeURIComponent(query)}`;
  return server.fetch(new Request(url, { headers: { Authorization: "Bearer ada", ...headers } }));
}

async function slugOf(response: Response): Promise<string> {
  const { type = "" } = await response.json();
  return `${response.status} ${String(type).split("/").at(-1)}`;
}

const CASES: Readonly<Record<string, (server: Server) => Promise<void>>> = {
  "reads and writes by id": async (server) => {
    const { id, etag } = await create(server, " Ada ");
    const read = `query ($id: ID!) { contact(id: $id) { name etag createdAt } }`;
    const { status, data } = await sendGraphql(server, read, {
      as: "ada",
      variables: { id: id.toUpperCase() },
    });
    assertEquals([status, at(data, "contact.name"), at(data, "contact.etag")], [200, "Ada", etag]);
    const rest = await server.fetch(
      new Request(`http://localhost/v1/contacts/${id}`, { headers: { Authorization: "Bearer ada" } }),
    );
    assertEquals(rest.headers.get("etag"), etag);
    assertEquals(at(data, "contact.createdAt"), at(await rest.json(), "data.createdAt"));
  },
  "refuses a stale version, and returns the current one": async (server) => {
    const { id, etag } = await create(server, "Ada");
    const update = `mutation ($id: ID!, $etag: String!) {
      updateContact(id: $id, ifMatch: $etag, input: { name: "Ada King", email: null }) {
        __typename
        ... on UpdateContactSuccess { contact { name etag } }
        ... on VersionProblem { type status currentEtag }
      }
    }`;
    const variables = { id, etag };
    const first = await sendGraphql(server, update, { as: "ada", variables });
    assertEquals(at(first.data, "updateContact.__typename"), "UpdateContactSuccess");
    const second = await sendGraphql(server, update, { as: "ada", variables });
    assertEquals(second.data?.["updateContact"], {
      ...{ __typename: "VersionProblem", type: "/problems/contact-changed", status: 412 },
      currentEtag: at(first.data, "updateContact.contact.etag"),
    });
    const missing = await sendGraphql(server, update, { as: "bob", variables });
    assertEquals(at(missing.data, "updateContact.__typename"), "NotFoundProblem");
  },
  "reports validation errors with paths to arguments": async (server) => {
    const { data } = await sendGraphql(server, CREATE, { as: "ada", variables: { name: " " } });
    assertEquals(at(data, "createContact.status"), 422);
    assertEquals(at(data, "createContact.violations.0.path"), ["input", "name"]);
    const storable = await sendGraphql(
      server,
      `mutation { createContact(input: { name: "a\\u0000b" }) {
      ... on InvalidInputProblem { violations { path reason } }
    } }`,
      { as: "ada" },
    );
    assertEquals(at(storable.data, "createContact.violations.0"), {
      path: ["input", "name"],
      reason: "contains the forbidden character U+0000",
    });
    const { errors } = await sendGraphql(
      server,
      `{ contact(id: "x") { id } contacts(first: 201) { nodes { id } } }`,
      { as: "ada" },
    );
    assertEquals(errors.map((error) => [error.path, error.extensions?.["violations"]]), [
      [["contact"], [{ path: ["id"], reason: "must be a valid uuid" }]],
      [["contacts"], [{ path: ["first"], reason: "must be at most 200" }]],
    ]);
  },
  "walks a list in both directions, with the cursors of the HTTP API": async (server) => {
    for (const name of ["A", "B", "C", "D"]) await create(server, name);
    const list = `query ($first: Int, $after: String, $last: Int, $before: String) {
      contacts(first: $first, after: $after, last: $last, before: $before) {
        edges { cursor node { name etag } } nodes { name }
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
      }
    }`;
    const page = async (variables: Record<string, unknown>): Promise<readonly unknown[]> => {
      const { data } = await sendGraphql(server, list, { as: "ada", variables });
      const nodes = at(data, "contacts.nodes");
      assert(Array.isArray(nodes));
      assertEquals(at(data, "contacts.edges.0.node.etag"), '"1"');
      return [
        nodes.map(({ name }) => name).join(""),
        at(data, "contacts.pageInfo.hasNextPage"),
        at(data, "contacts.pageInfo.hasPreviousPage"),
        at(data, "contacts.pageInfo.startCursor"),
        at(data, "contacts.pageInfo.endCursor"),
        at(data, "contacts.edges.0.cursor"),
      ];
    };
    const [names, next, previous, , end] = await page({ first: 2 });
    assertEquals([names, next, previous], ["DC", true, false]);
    const second = await page({ first: 2, after: end });
    assertEquals(second.slice(0, 3), ["BA", false, true]);
    assertEquals((await page({ last: 1, before: second[3] })).slice(0, 3), ["C", true, true]);
    assertEquals((await page({ first: 1, after: second[5] })).slice(0, 3), ["A", false, true]);
    const rest = await server.fetch(
      new Request(`http://localhost/v1/contacts?limit=2&after=${end}`, {
        headers: { Authorization: "Bearer ada" },
      }),
    );
    assertEquals(at(await rest.json(), "data.0.name"), "B");
    const { errors } = await sendGraphql(server, list, { as: "bob", variables: { first: 2, after: end } });
    assertEquals(errors[0]?.extensions?.["type"], "/problems/invalid-page");
  },
  "shows each caller its own, by its scopes": async (server) => {
    const { id } = await create(server, "Ada");
    const read = `query ($id: ID!) { contact(id: $id) { id } contacts { nodes { id } } }`;
    const other = await sendGraphql(server, read, { as: "bob", variables: { id } });
    assertEquals(other.data, { contact: null, contacts: { nodes: [] } });
    assertEquals(other.errors, []);
    const reader = await sendGraphql(server, CREATE, { as: "ada-reader", variables: { name: "B" } });
    assertEquals(at(reader.data, "createContact.__typename"), "ForbiddenProblem");
    const anonymous = await server.fetch(
      new Request("http://localhost/graphql", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ query: "{ __typename }" }),
      }),
    );
    assertEquals(await slugOf(anonymous), "401 unauthenticated");
  },
  "a write is visible to reads with its consistency token": async (server) => {
    const created = await sendGraphql(server, CREATE, { as: "ada", variables: { name: "Ada" } });
    const token = String(created.headers.get("consistency-token"));
    assertEquals(at(created.data, "createContact.consistencyToken"), token);
    const read = `{ contacts { nodes { name } } }`;
    const found = await sendGraphql(server, read, { as: "ada", headers: { "Consistency-Token": token } });
    assertEquals(at(found.data, "contacts.nodes.0.name"), "Ada");
    const forged = await sendGraphql(server, read, { as: "ada", headers: { "Consistency-Token": "x" } });
    assertEquals(forged.errors[0]?.extensions?.["status"], 400);
  },
  "GET executes queries only, and neither suggests names nor shows the schema": async (server) => {
    const { id } = await create(server, "Ada");
    const read = await get(server, "{ contacts { nodes { name } } }");
    assertEquals([read.status, at(await read.json(), "data.contacts.nodes.0.name")], [200, "Ada"]);
    const mutation = await get(
      server,
      `mutation { deleteContact(id: "${id}", ifMatch: "*") { __typename } }`,
    );
    assertEquals([mutation.headers.get("allow"), await slugOf(mutation)], ["POST", "405 method-not-allowed"]);
    const wrong = await get(server, "{ contact { nam } }", { Accept: "application/graphql-response+json" });
    assertEquals(wrong.status, 400);
    const text = await wrong.text();
    assert(!text.includes("Did you mean"), text);
    const schema = await get(server, "{ __schema { types { name } } }", {
      Accept: "application/graphql-response+json",
    });
    assertMatch(await schema.text(), /introspection/);
  },
  "refuses bodies that a page of another origin could send, and batches": async (server) => {
    const post = (body: string, type: string): Promise<Response> =>
      server.fetch(
        new Request("http://localhost/graphql", {
          method: "POST",
          headers: { "Content-Type": type, Authorization: "Bearer ada" },
          body,
        }),
      );
    const body = JSON.stringify({ query: "{ __typename }" });
    for (
      const type of ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"]
    ) {
      assertEquals(await slugOf(await post(body, type)), "415 unsupported-media-type", type);
    }
    assertEquals((await post(`[${body},${body}]`, "application/json")).status, 400);
    const large = JSON.stringify({ query: "{ __typename }", extensions: { filler: "x".repeat(70_000) } });
    assertEquals(await slugOf(await post(large, "application/json")), "413 content-too-large");
  },
  "refuses 100 costly requests": async (server) => {
    await create(server, "Ada");
    for (const { name, query, variables = {} } of costlyDocuments({ list: "contacts", type: "Contact" })) {
      const { status, data, errors } = await sendGraphql(server, query, { as: "ada", variables });
      assert(status === 200 || status === 400, `${name}: ${status}`);
      assertEquals(errors.length > 0 && (data ?? null) === null, true, name);
    }
  },
  "refuses documents beyond the limits": async (server) => {
    const refused = async (query: string, variables = {}): Promise<string> => {
      const { status, errors } = await sendGraphql(server, query, { as: "ada", variables });
      assertEquals(status, 400);
      return errors[0]?.message ?? "";
    };
    const aliases = Array.from({ length: 40 }, (_, index) => `a${index}: __typename`).join(" ");
    assertMatch(await refused(`{ ${aliases} }`), /40 aliases and repeated fields/);
    const lists = Array.from({ length: 26 }, (_, index) => `a${index}: contacts(first: $n) { nodes { id } }`)
      .join(" ");
    assertMatch(await refused(`query ($n: Int) { ${lists} }`, { n: 200 }), /cost/);
    assertMatch(await refused(`{ ${"a ".repeat(3_000)} }`), /tokens/i);
    assertMatch(
      await refused("{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }"),
      /contains itself/,
    );
  },
};

for (const [name, open] of Object.entries(DATABASES)) {
  Deno.test(`graphqlModule on ${name}`, async (t) => {
    await using database = await open();
    await using server = serviceServer(database.pool, {
      services: SERVICES,
      options: [byName, withMaxBodyBytes(65_536)],
    });
    for (const [title, run] of Object.entries(CASES)) {
      await t.step(title, async () => {
        await database.pool.writer().query("delete from contacts");
        await run(server);
      });
    }
  });
}

Deno.test("graphqlModule passes the audits of GraphQL over HTTP in development", async () => {
  const [open] = Object.values(DATABASES);
  assert(open !== undefined);
  await using database = await open();
  await using server = serviceServer(database.pool, { services: SERVICES, development: true });
  const results = await auditServer({
    url: "http://localhost/graphql",
    fetchFn: (url: string, init: RequestInit) => server.fetch(new Request(url, init)),
  });
  assertEquals(results.filter(({ status }) => status !== "ok").map(({ name }) => name), []);
  assert(results.length > 50);
});
