import { assertEquals } from "@std/assert";
import type { Principal } from "@archway/server/request_context.ts";
import { withAuthenticator, withDocuments } from "@archway/server/server_options.ts";
import { contactModule } from "@archway/tools/support/contact_service/module.ts";
import { DATABASES } from "@archway/tools/support/databases.ts";
import { compareTools } from "@archway/tools/support/faces/compare_tools.ts";
import { compareFaces, type Face, type OpenFace, type Scenario } from "@archway/tools/support/faces/face.ts";
import { graphqlFace, type GraphqlForm } from "@archway/tools/support/faces/graphql_face.ts";
import { mcpFace } from "@archway/tools/support/faces/mcp_face.ts";
import { restFace } from "@archway/tools/support/faces/rest_face.ts";
import { at } from "@archway/tools/support/graphql_client.ts";
import { serviceServer } from "@archway/tools/support/service_server.ts";
import { services } from "../../services.ts";

const CONTACT = "{ id name email etag }";
const PROBLEM = "... on Problem { type status }";
const FORMS: Readonly<Record<string, GraphqlForm>> = {
  createContact: {
    document: `mutation ($body: NewContactInput!) { result: createContact(input: $body) {
      ... on CreateContactSuccess { data: contact ${CONTACT} } ${PROBLEM}
    } }`,
  },
  patchContact: {
    document: `mutation ($id: ID!, $ifMatch: String!, $body: ContactMergePatchInput!) {
      result: updateContact(id: $id, ifMatch: $ifMatch, input: $body) {
        ... on UpdateContactSuccess { data: contact ${CONTACT} } ${PROBLEM}
      }
    }`,
  },
  deleteContact: {
    document: `mutation ($id: ID!, $ifMatch: String!) { result: deleteContact(id: $id, ifMatch: $ifMatch) {
      __typename ${PROBLEM}
    } }`,
  },
  getContact: {
    document: `query ($id: ID!) { result: contact(id: $id) ${CONTACT} }`,
    missing: "404 contact-not-found",
  },
  listContacts: {
    document: `query ($limit: Int, $after: String) { result: contacts(first: $limit, after: $after) {
      data: nodes ${CONTACT} pageInfo { hasNextPage endCursor }
    } }`,
  },
};

/** Faces beside REST, by the name of their module, so that each can be removed. */
const BESIDE: Readonly<Record<string, OpenFace>> = { mcp: mcpFace, graphql: graphqlFace(FORMS) };
const modules = services.filter(({ name }) => name in BESIDE);

/** Tokens are subject names; "…-reader" only reads. */
const BY_NAME = withAuthenticator({
  authenticate(token): Principal {
    const [subject = "", role] = token.split("-");
    const scopes = ["contacts:read", ...(role === undefined ? ["contacts:write"] : [])];
    return { subject, scopes: new Set(scopes) };
  },
});

async function create(
  face: Face,
  name: string,
  caller = "ada",
): Promise<{ id: string; etag: string | undefined }> {
  const { data, etag, problem } = await face.call("createContact", { body: { name } }, caller);
  assertEquals(problem, undefined);
  return { id: String(at(data, "id")), etag };
}

const SCENARIOS: Readonly<Record<string, Scenario>> = {
  "create, read, update with a stale version, delete": async (face) => {
    const { id, etag } = await create(face, " Ada ");
    const path = { id };
    const read = await face.call("getContact", { path }, "ada");
    const changed = await face.call(
      "patchContact",
      { path, ifMatch: etag, body: { name: "Ada King" } },
      "ada",
    );
    const stale = await face.call("patchContact", { path, ifMatch: etag, body: { name: "Eve" } }, "ada");
    const invalid = await face.call("patchContact", { path, ifMatch: "*", body: { name: " " } }, "ada");
    const other = await create(face, "Bea");
    const deleted = await face.call("deleteContact", { path: { id: other.id }, ifMatch: other.etag }, "ada");
    const missing = await face.call("getContact", { path: { id: other.id } }, "ada");
    return [
      [at(read.data, "name"), read.etag === etag],
      [at(changed.data, "name"), changed.etag !== etag],
      [stale.problem, invalid.problem, deleted.problem, missing.problem],
    ];
  },
  "walk a list": async (face) => {
    for (const name of ["A", "B", "C", "D", "E"]) await create(face, name);
    await create(face, "of another caller", "bob");
    const pages: unknown[] = [];
    let after: string | undefined;
    do {
      const query = { limit: 2, ...(after !== undefined && { after }) };
      const { data, next } = await face.call("listContacts", { query }, "ada");
      pages.push(Array.isArray(data) ? data.map(({ name }) => name) : data);
      after = next;
    } while (after !== undefined);
    const forged = await face.call("listContacts", { query: { after: "x" } }, "ada");
    return [pages, forged.problem];
  },
  "resources of another caller": async (face) => {
    const { id, etag } = await create(face, "Ada");
    const path = { id };
    const outcomes = [
      await face.call("getContact", { path }, "bob"),
      await face.call("patchContact", { path, ifMatch: etag, body: { name: "Bob" } }, "bob"),
      await face.call("deleteContact", { path, ifMatch: etag }, "bob"),
      await face.call("createContact", { body: { name: "B" } }, "bob-reader"),
    ];
    return outcomes.map(({ problem }) => problem);
  },
};

Deno.test("every face of the contacts has the same outcomes and states", async (t) => {
  const [open] = Object.values(DATABASES);
  if (open === undefined) throw new Error("No database");
  await using database = await open();
  await using server = serviceServer(database.pool, {
    services: [contactModule, ...modules],
    settings: { MCP_MODE: "write" },
    options: [
      withDocuments(true),
      BY_NAME,
    ],
  });
  const rest = restFace(["contact"]);
  await compareFaces(server, t, {
    faces: [rest, ...modules.flatMap(({ name }) => BESIDE[name] ?? [])],
    scenarios: SCENARIOS,
    reset: async () => void await database.pool.writer().query("delete from contacts"),
    state: async () => {
      await using face = await rest(server);
      const lists = ["ada", "bob"].map((caller) => face.call("listContacts", {}, caller));
      return (await Promise.all(lists)).map(({ data }) => data);
    },
  });
});

Deno.test({
  name:
    "every operation of the contacts has the same outcome as a tool, for its owner and for another caller",
  ignore: !modules.some(({ name }) => name === "mcp"),
  async fn(t): Promise<void> {
    const [open] = Object.values(DATABASES);
    if (open === undefined) throw new Error("No database");
    await using database = await open();
    await using server = serviceServer(database.pool, {
      services: [contactModule, ...modules],
      settings: { MCP_MODE: "write" },
      options: [withDocuments(true), BY_NAME],
    });
    const rest = restFace(["contact"]);
    const succeeded = await compareTools(server, t, {
      apis: ["contact"],
      secrets: ["Grace"],
      async prepare(): Promise<void> {
        await database.pool.writer().query("delete from contacts");
        await using face = await rest(server);
        await create(face, "Grace\u202e");
      },
    });
    assertEquals(succeeded, 6);
  },
});
