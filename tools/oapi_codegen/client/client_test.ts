import { assert, assertEquals, assertRejects } from "@std/assert";
import { contactServer } from "../../support/contact_server.ts";
import {
  type ClientOptions,
  ConnectionError,
  type Contact,
  type ContactClient,
  createContactClient,
  PreconditionFailedError,
  ProblemError,
} from "../../support/contact_service/api/clients/typescript/contact/client.gen.ts";
import { readBody, serializeBody } from "./runtime/body.ts";
import { openPool } from "@archway/db/postgres/open_pool.ts";
import { useEmbeddedDatabase } from "../../support/embedded/use_embedded_database.ts";
import { FIXTURE_MIGRATIONS } from "../../support/fixture_migrations.ts";
import { GENEROUS_TIMEOUTS } from "../../support/generous_timeouts.ts";
import { HttpFaultProxy } from "../../support/http_fault_proxy.ts";

const CONTACT = "/v1/contacts/{id}";
const BUSY = { status: 503, headers: { "Retry-After": "0" } };

/** Client of a real server behind a proxy, and the ID of a contact that it created. */
interface Harness {
  readonly client: ContactClient;
  readonly proxy: HttpFaultProxy;
  readonly id: string;
  readonly params: { readonly path: { readonly id: string } };
  /** Creates another client of the same server. */
  another(options?: Partial<ClientOptions>): ContactClient;
}

async function namesOf(client: ContactClient, limit: number): Promise<readonly string[]> {
  const names: string[] = [];
  for await (const contact of client.pages("/v1/contacts", { params: { query: { limit } } })) {
    names.push(contact.name);
  }
  return names;
}

const CASES: Readonly<Record<string, (harness: Harness) => Promise<void>>> = {
  "sends the tag of the last version that it saw": async ({ client, proxy, params }) => {
    const patched = await client.PATCH(CONTACT, { params, body: { age: 36 } });
    assertEquals([patched.data.data.age, patched.etag], [36, '"2"']);
    const replaced = await client.PUT(CONTACT, { params, body: { name: "Ada King" } });
    assertEquals(replaced.etag, '"3"');
    await client.DELETE(CONTACT, { params });
    const tags = proxy.requests.map(({ headers }) => headers.get("if-match"));
    assertEquals(tags, [null, '"1"', '"2"', '"3"']);
    assertEquals(
      (await assertRejects(() => client.GET(CONTACT, { params }), ProblemError)).slug,
      "contact-not-found",
    );
  },
  "does not overwrite the change of another client": async ({ client, another, params }) => {
    const other = another();
    await other.GET(CONTACT, { params });
    await other.PATCH(CONTACT, { params, body: { age: 1 } });
    const stale = await assertRejects(
      () => client.PATCH(CONTACT, { params, body: { age: 2 } }),
      PreconditionFailedError,
    );
    assertEquals([stale.status, stale.etag, stale.slug], [412, '"2"', "contact-changed"]);
    // Not even when it is repeated: it must read the other change first.
    const blind = await assertRejects(
      () => client.PATCH(CONTACT, { params, body: { age: 2 } }),
      ProblemError,
    );
    assertEquals(blind.status, 428);
    await client.GET(CONTACT, { params });
    assertEquals((await client.PATCH(CONTACT, { params, body: { age: 2 } })).data.data.age, 2);
  },
  "iterates over all pages, and keeps the tags of their items": async ({ client, proxy, another }) => {
    for (const name of ["Grace", "Barbara", "Edsger", "Tony"]) {
      await client.POST("/v1/contacts", { body: { name } });
    }
    const fresh = another();
    proxy.requests.length = 0;
    assertEquals(await namesOf(fresh, 2), ["Tony", "Edsger", "Barbara", "Grace", "Ada"]);
    assertEquals(proxy.requests.length, 3);
    const sizes: number[] = [];
    const pages = fresh.pages("/v1/contacts", { params: { query: { page: 1, pageSize: 3 } } });
    for await (const { data, meta } of pages.byPage()) {
      sizes.push(data.length);
      assertEquals(meta.mode, "offset");
    }
    assertEquals(sizes, [3, 2]);
    const first: Contact[] = [];
    for await (const contact of fresh.pages("/v1/contacts")) {
      first.push(contact);
      break;
    }
    const id = first[0]?.id ?? "";
    assertEquals((await fresh.PATCH(CONTACT, { params: { path: { id } }, body: { age: 5 } })).etag, '"2"');
  },
  "sends the consistency token of its writes with later reads": async ({ client, proxy, params }) => {
    const token = client.consistencyToken;
    assert(token);
    await client.GET(CONTACT, { params });
    await namesOf(client, 5);
    await client.PATCH(CONTACT, { params, body: { age: 3 } });
    assert(client.consistencyToken !== token);
    assertEquals(proxy.requests.slice(1).map(({ headers }) => headers.get("consistency-token")), [
      token,
      token,
      null,
    ]);
  },
  "reports problems with their errors": async ({ client, proxy }) => {
    const error = await assertRejects(
      () => client.POST("/v1/contacts", { body: { name: " ", email: "x" } }),
      ProblemError,
    );
    assertEquals([error.status, error.type, error.title, error.attempts], [
      422,
      "/problems/invalid-content",
      "Validation failed",
      1,
    ]);
    assertEquals(error.errors.map((one) => [one.in, one.pointer]).sort(), [["body", "/email"], [
      "body",
      "/name",
    ]]);
    assertEquals(error.response.url, `${await proxy.url}/v1/contacts`);
    assert(error.requestId);
  },
  "repeats what a rate limit or an overload refused, as the server asks": async (
    { client, proxy, params },
  ) => {
    proxy.requests.length = 0;
    proxy.faults.push(BUSY, { ...BUSY, status: 429 }, "lose");
    assertEquals((await client.GET(CONTACT, { params })).data.data.name, "Ada");
    proxy.faults.push({ ...BUSY, status: 429 });
    await client.POST("/v1/contacts", { body: { name: "Grace" } });
    assertEquals(
      proxy.requests.map(({ line }) => line.split(" ")[0]),
      [..."GGGGPP"].map((letter) => letter === "G" ? "GET" : "POST"),
    );
  },
  "does not repeat what may have taken effect": async ({ client, proxy, another }) => {
    proxy.faults.push("lose");
    const lost = await assertRejects(
      () => client.POST("/v1/contacts", { body: { name: "Grace" } }),
      ConnectionError,
    );
    assertEquals([lost.attempts, lost.idempotencyKey], [1, undefined]);
    proxy.faults.push(BUSY);
    const busy = await assertRejects(
      () => client.POST("/v1/contacts", { body: { name: "Tony" } }),
      ProblemError,
    );
    assertEquals([busy.status, busy.retryAfterMs, busy.type], [503, 0, "about:blank"]);
    assertEquals(await namesOf(another(), 9), ["Grace", "Ada"]);
  },
  "gives up after its attempts, a longer delay than permitted, or an abort": async (
    { another, proxy, params },
  ) => {
    const client = another({ retry: { attempts: 2, delayMs: 0 } });
    proxy.faults.push(BUSY, BUSY);
    assertEquals((await assertRejects(() => client.GET(CONTACT, { params }), ProblemError)).attempts, 2);
    proxy.faults.push({ status: 503, headers: { "Retry-After": "31" } });
    assertEquals(
      (await assertRejects(() => client.GET(CONTACT, { params }), ProblemError)).retryAfterMs,
      31_000,
    );
    const date = new Date(Date.now() + 3_600_000).toUTCString();
    proxy.faults.push({ status: 429, headers: { "Retry-After": date } });
    assertEquals((await assertRejects(() => client.GET(CONTACT, { params }), ProblemError)).attempts, 1);
    const leaving = new AbortController();
    const patient = another({
      fetch: async (request) => {
        const response = await fetch(request);
        leaving.abort(new Error("The user left"));
        return response;
      },
    });
    proxy.faults.push({ status: 503, headers: { "Retry-After": "30" } });
    await assertRejects(
      () => patient.GET(CONTACT, { params, signal: leaving.signal }),
      Error,
      "The user left",
    );
  },
  "sends a token and common headers": async ({ another, proxy, params }) => {
    const client = another({
      token: () => Promise.resolve("t0k3n"),
      headers: { "X-Request-Id": "of-the-client" },
    });
    await client.GET(CONTACT, { params, headers: { Accept: "application/json" } });
    const { headers } = proxy.requests.at(-1) ?? { headers: new Headers() };
    assertEquals(["authorization", "x-request-id", "accept"].map((name) => headers.get(name)), [
      "Bearer t0k3n",
      "of-the-client",
      "application/json",
    ]);
  },
};

Deno.test("createApiClient() returns a client that", async (t) => {
  await using database = await useEmbeddedDatabase({ migrations: FIXTURE_MIGRATIONS });
  // Tokens of a process without replicas are equal otherwise.
  const config = { primary: database.instance, replicas: [], readsPosition: true, ...GENEROUS_TIMEOUTS };
  await using pool = openPool(config);
  await using server = contactServer(pool);
  for (const [title, run] of Object.entries(CASES)) {
    await t.step(title, async () => {
      await pool.writer().query("delete from contacts");
      await using proxy = new HttpFaultProxy((request) => server.fetch(request));
      const options = { baseUrl: await proxy.url, retry: { delayMs: 1 } };
      const client = createContactClient(options);
      const { data } = await client.POST("/v1/contacts", { body: { name: "Ada" } });
      const { id } = data.data;
      await run({
        ...{ client, proxy, id, params: { path: { id } } },
        another: (more) => createContactClient({ ...options, ...more }),
      });
    });
  }
});

const BODIES: readonly (readonly [body: unknown, type: string | null, sent: string])[] = [
  [{ a: 1 }, null, '{"a":1}'],
  ["a", "application/json", '"a"'],
  ["a", "text/plain", "a"],
  [
    { a: [1, 2], b: { c: "d" }, e: undefined },
    "application/x-www-form-urlencoded",
    "a=1&a=2&b=%7B%22c%22%3A%22d%22%7D",
  ],
  [new TextEncoder().encode("bytes").subarray(1), "application/octet-stream", "ytes"],
  [new Blob(["blob"]), "image/png", "blob"],
];

Deno.test("serializeBody() sends a body as its media type requires", async () => {
  for (const [body, type, sent] of BODIES) {
    assertEquals([type, await new Response(serializeBody(body, type)).text()], [type, sent]);
  }
  const form = await new Response(
    serializeBody({ name: "Ada", tags: ["a", "b"], photo: new File(["x"], "a.png") }, "multipart/form-data"),
  ).formData();
  assertEquals([form.get("name"), form.getAll("tags")], ["Ada", ["a", "b"]]);
  assertEquals(form.get("photo") instanceof File, true);
});

Deno.test("readBody() reads a body as its media type requires", async () => {
  const read = (type: string, text: string): Promise<unknown> =>
    readBody(new Response(text, { headers: { "Content-Type": type } }), undefined);
  assertEquals(await read("application/problem+json; charset=utf-8", '{"a":1}'), { a: 1 });
  assertEquals(await read("application/json", ""), undefined);
  for (const type of ["text/csv", "application/atom+xml", "application/yaml"]) {
    assertEquals([type, await read(type, "a,b")], [type, "a,b"]);
  }
  assertEquals((await read("image/png", "x")) instanceof Blob, true);
  for (const type of ["text/event-stream", "application/x-ndjson", "application/json-seq"]) {
    const body = await read(type, "{}");
    assert(body instanceof ReadableStream);
    await body.cancel();
  }
});

/** Calls that must not compile. */
export function refused(client: ContactClient): void {
  // @ts-expect-error the path does not exist
  void client.GET("/v1/contact");
  // @ts-expect-error the path has no such method
  void client.PUT("/v1/contacts", { body: { name: "Ada" } });
  // @ts-expect-error the path parameter is missing
  void client.GET("/v1/contacts/{id}");
  // @ts-expect-error the body is missing
  void client.POST("/v1/contacts");
  // @ts-expect-error a contact is no list
  void client.pages("/v1/contacts/{id}", { params: { path: { id: "1" } } });
  // @ts-expect-error the query has no such parameter
  void client.pages("/v1/contacts", { params: { query: { sort: "name" } } });
}
