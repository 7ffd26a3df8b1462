import { assert, assertEquals, assertMatch } from "@std/assert";
import createClient, { type Client } from "openapi-fetch";
import type { paths } from "@archway/api/profileapi/server.gen.ts";
import { MainProgram, untilReady } from "@archway/tools/support/program.ts";

/** Runs a test against its own process on the embedded database. */
async function withProgram(run: (client: Client<paths>, url: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "archway_e2e_" });
  try {
    await using program = new MainProgram({ EMBEDDED_DATA_DIR: folder, VALIDATE_RESPONSES: "true" });
    const url = await program.url;
    await untilReady(url);
    await run(createClient<paths>({ baseUrl: url }), url);
    const { code, stderr } = await program.stop();
    assertEquals([code, stderr], [0, ""]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("archway creates, updates, lists and deletes a profile", async () => {
  await withProgram(async (client) => {
    const created = await client.POST("/v1/profiles", {
      body: { name: "  Ada Lovelace ", email: "ada@example.com", age: 36 },
    });
    assertEquals(created.response.status, 201);
    const id = created.data?.data.id ?? "";
    assertEquals(created.response.headers.get("location"), `/v1/profiles/${id}`);
    assertEquals(created.data?.data.name, "Ada Lovelace");
    const etag = created.response.headers.get("etag") ?? "";

    const params = { path: { id } };
    const read = await client.GET("/v1/profiles/{id}", { params });
    assertEquals(read.data?.data, created.data?.data);
    const again = await client.GET("/v1/profiles/{id}", {
      params: { ...params, header: { "If-None-Match": etag } },
    });
    assertEquals(again.response.status, 304);

    const patched = await client.PATCH("/v1/profiles/{id}", {
      params: { ...params, header: { "If-Match": etag } },
      body: { age: null },
      headers: { "Content-Type": "application/merge-patch+json" },
    });
    assertEquals(patched.response.status, 200);
    assertEquals(patched.data?.data.age, undefined);

    const stale = await client.PUT("/v1/profiles/{id}", {
      params: { ...params, header: { "If-Match": etag } },
      body: { name: "Grace Hopper" },
    });
    assertEquals(stale.response.status, 412);
    const current = stale.response.headers.get("etag") ?? "";
    assertEquals(current, patched.response.headers.get("etag"));

    const list = await client.GET("/v1/profiles", { params: { query: { name: "ada", limit: 1 } } });
    assertEquals(list.data?.data.map((profile) => profile.id), [id]);
    assertEquals(list.data?.meta.etags, { [id]: current });

    const deleted = await client.DELETE("/v1/profiles/{id}", {
      params: { ...params, header: { "If-Match": current } },
    });
    assertEquals(deleted.response.status, 204);
    const gone = await client.GET("/v1/profiles/{id}", { params });
    assertEquals(gone.response.status, 404);
    assertEquals(gone.response.headers.get("content-type"), "application/problem+json");
    assertMatch(gone.error?.type ?? "", /\/problems\/profile-not-found$/);
  });
});

Deno.test("archway serves both patch formats, pagination and problems over the wire", async () => {
  await withProgram(async (client, url) => {
    for (let index = 0; index < 5; index++) {
      const { response } = await client.POST("/v1/profiles", { body: { name: `Person ${index}` } });
      assertEquals(response.status, 201);
    }
    const names: string[] = [];
    let next: string | null = `${url}/v1/profiles?limit=2`;
    while (next !== null) {
      const response: Response = await fetch(next);
      const { data } = await response.json();
      names.push(...data.map(({ name }: { name: string }) => name));
      next = /<([^>]+)>; rel="next"/.exec(response.headers.get("link") ?? "")?.[1] ?? null;
    }
    assertEquals(names, ["Person 4", "Person 3", "Person 2", "Person 1", "Person 0"]);

    const offset = await client.GET("/v1/profiles", { params: { query: { page: 2, pageSize: 2 } } });
    assert(offset.data?.meta.mode === "offset");
    assertEquals([offset.data.meta.totalItems, offset.data.meta.totalPages], [5, 3]);

    const [profile] = offset.data.data;
    assert(profile);
    const jsonPatch = await client.PATCH("/v1/profiles/{id}", {
      params: { path: { id: profile.id }, header: { "If-Match": offset.data.meta.etags[profile.id] ?? "" } },
      body: [{ op: "test", path: "/name", value: profile.name }, { op: "add", path: "/age", value: 41 }],
      headers: { "Content-Type": "application/json-patch+json" },
    });
    assertEquals(jsonPatch.data?.data.age, 41);

    const mixed = await client.GET("/v1/profiles", { params: { query: { page: 1, limit: 2, after: "x" } } });
    assertEquals(mixed.response.status, 400);
    assertEquals(mixed.error?.invalidParams?.map(({ name }) => name), ["limit", "after"]);

    const bad = await fetch(`${url}/v1/profiles`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: '{"name":" ","email":"no address","age":0.5,"extra":1}',
    });
    assertEquals(bad.status, 422);
    const { invalidParams } = await bad.json();
    const pointers = invalidParams.map(({ pointer }: { pointer: string }) => pointer).sort();
    assertEquals(pointers, ["/age", "/email", "/extra", "/name"]);
  });
});

Deno.test("archway erases the personal data of a deleted profile after PROFILE_RETENTION", async () => {
  const folder = await Deno.makeTempDir({ prefix: "archway_e2e_" });
  try {
    const environment = { EMBEDDED_DATA_DIR: folder, PROFILE_RETENTION: "1ms" };
    {
      await using program = new MainProgram(environment);
      const url = await program.url;
      await untilReady(url);
      const client = createClient<paths>({ baseUrl: url });
      const { data } = await client.POST("/v1/profiles", { body: { name: "Ada Lovelace" } });
      const params = { path: { id: data?.data.id ?? "" }, header: { "If-Match": "*" } };
      assertEquals((await client.DELETE("/v1/profiles/{id}", { params })).response.status, 204);
      await program.stop();
    }
    // The task runs at start and then once a minute.
    await using program = new MainProgram(environment);
    await untilReady(await program.url);
    await program.untilWritten("Erased the personal data of");
    await program.stop();
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
