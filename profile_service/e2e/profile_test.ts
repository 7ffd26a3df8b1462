import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import {
  createProfileClient,
  PreconditionFailedError,
  ProblemError,
  type Profile,
  type ProfileClient,
} from "@archway/api/clients/typescript/profile/client.gen.ts";
import { MainProgram, untilReady } from "@archway/tools/support/program.ts";

/** Runs a test against its own process on the embedded database. */
async function withProgram(run: (client: ProfileClient, url: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "archway_e2e_" });
  try {
    await using program = new MainProgram({ EMBEDDED_DATA_DIR: folder, VALIDATE_RESPONSES: "true" });
    const url = await program.url;
    await untilReady(url);
    await run(createProfileClient({ baseUrl: url }), url);
    const { code, stderr } = await program.stop();
    assertEquals([code, stderr], [0, ""]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("archway creates, updates, lists and deletes a profile", async () => {
  await withProgram(async (client, url) => {
    const created = await client.POST("/v1/profiles", {
      body: { name: "  Ada Lovelace ", email: "ada@example.com", age: 36 },
    });
    assertEquals(created.response.status, 201);
    const { id, name } = created.data.data;
    assertEquals([name, created.response.headers.get("location")], ["Ada Lovelace", `/v1/profiles/${id}`]);
    const etag = created.etag ?? "";

    const params = { path: { id } };
    const read = await client.GET("/v1/profiles/{id}", { params });
    assertEquals(read.data.data, created.data.data);
    const again = await assertRejects(
      () => client.GET("/v1/profiles/{id}", { params: { ...params, header: { "If-None-Match": etag } } }),
      ProblemError,
    );
    assertEquals(again.status, 304);

    // The client sends the tag that it has seen last; another one has seen none of the changes.
    const other = createProfileClient({ baseUrl: url });
    await other.GET("/v1/profiles/{id}", { params });
    const patched = await client.PATCH("/v1/profiles/{id}", {
      params,
      body: { age: null },
      headers: { "Content-Type": "application/merge-patch+json" },
    });
    assertEquals([patched.response.status, patched.data.data.age], [200, undefined]);
    const stale = await assertRejects(
      () => other.PUT("/v1/profiles/{id}", { params, body: { name: "Grace Hopper" } }),
      PreconditionFailedError,
    );
    assertEquals([stale.slug, stale.etag], ["profile-changed", patched.etag]);

    const list = await client.GET("/v1/profiles", { params: { query: { name: "ada", limit: 1 } } });
    assertEquals(list.data.data.map((profile) => profile.id), [id]);
    assertEquals(list.data.meta.etags, { [id]: patched.etag });

    const deleted = await client.DELETE("/v1/profiles/{id}", { params });
    assertEquals(deleted.response.status, 204);
    const gone = await assertRejects(() => client.GET("/v1/profiles/{id}", { params }), ProblemError);
    assertEquals(gone.response.headers.get("content-type"), "application/problem+json");
    assertMatch(gone.type, /\/problems\/profile-not-found$/);
  });
});

Deno.test("archway serves both patch formats, pagination and problems over the wire", async () => {
  await withProgram(async (client, url) => {
    for (let index = 0; index < 5; index++) {
      const { response } = await client.POST("/v1/profiles", { body: { name: `Person ${index}` } });
      assertEquals(response.status, 201);
    }
    const walked: Profile[] = [];
    const reader = createProfileClient({ baseUrl: url });
    for await (const one of reader.pages("/v1/profiles", { params: { query: { limit: 2 } } })) {
      walked.push(one);
    }
    const names = walked.map((one) => one.name);
    assertEquals(names, ["Person 4", "Person 3", "Person 2", "Person 1", "Person 0"]);

    const offset = await client.GET("/v1/profiles", { params: { query: { page: 2, pageSize: 2 } } });
    assert(offset.data.meta.mode === "offset");
    assertEquals([offset.data.meta.totalItems, offset.data.meta.totalPages], [5, 3]);

    // The tag of the profile came with the list.
    const [profile] = offset.data.data;
    assert(profile);
    const jsonPatch = await client.PATCH("/v1/profiles/{id}", {
      params: { path: { id: profile.id } },
      body: [{ op: "test", path: "/name", value: profile.name }, { op: "add", path: "/age", value: 41 }],
      headers: { "Content-Type": "application/json-patch+json" },
    });
    assertEquals(jsonPatch.data.data.age, 41);

    const mixed = await assertRejects(
      () => client.GET("/v1/profiles", { params: { query: { page: 1, limit: 2, after: "x" } } }),
      ProblemError,
    );
    assertEquals([mixed.status, mixed.errors.map(({ name }) => name)], [400, ["limit", "after"]]);

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
      const client = createProfileClient({ baseUrl: url });
      const { data } = await client.POST("/v1/profiles", { body: { name: "Ada Lovelace" } });
      const params = { path: { id: data.data.id }, header: { "If-Match": "*" } };
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
