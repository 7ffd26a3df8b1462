import { assert, assertEquals, assertFalse } from "@std/assert";
import type { CorsOptions } from "./cors.ts";
import { withCors } from "../server_options.ts";
import { send } from "../testing/note_client.ts";

const APP = "https://app.example";

/** Returns the CORS headers of a response, without their common prefix. */
function fieldsOf({ headers }: Response): Readonly<Record<string, string>> {
  const prefix = "access-control-";
  const fields = [...headers].filter(([name]) => name.startsWith(prefix));
  return Object.fromEntries(fields.map(([name, value]) => [name.slice(prefix.length), value]));
}

async function request(line: string, headers: HeadersInit, cors?: CorsOptions): Promise<Response> {
  const [method = "", path = ""] = line.split(" ");
  return await send(path, { method, headers }, ...(cors === undefined ? [] : [withCors(cors)]));
}

function preflight(path: string, origin: string, cors?: CorsOptions): Promise<Response> {
  return request(`OPTIONS ${path}`, { Origin: origin, "Access-Control-Request-Method": "PUT" }, cors);
}

function listed(field: string | undefined): readonly string[] {
  return (field ?? "").split(", ");
}

Deno.test("CORS is off unless configured", async () => {
  for (const response of [await request("GET /notes", { Origin: APP }), await preflight("/notes/1", APP)]) {
    assertEquals(fieldsOf(response), {});
    assertFalse(/origin/i.test(response.headers.get("Vary") ?? ""));
  }
});

Deno.test("CORS responds to a preflight with the resource's methods and the documents' headers", async () => {
  const response = await preflight("/notes/1", APP, { origins: [APP], maxAgeSeconds: 60 });
  assertEquals(response.status, 204);
  assertEquals(response.headers.get("Vary"), "Origin");
  const fields = fieldsOf(response);
  assertEquals(fields["allow-origin"], APP);
  assertEquals(fields["allow-methods"], response.headers.get("Allow") ?? "");
  assertEquals(fields["allow-methods"], "GET, HEAD, PUT, DELETE, OPTIONS");
  assertEquals(fields["max-age"], "60");
  const allowed = listed(fields["allow-headers"]);
  for (const name of ["Authorization", "Content-Type", "If-Match", "If-None-Match"]) {
    assert(allowed.includes(name), name);
  }
  assertEquals(new Set(allowed.map((name) => name.toLowerCase())).size, allowed.length);
  assertEquals(fields["allow-credentials"], undefined);
});

Deno.test("CORS lets scripts of an allowed origin read responses and problems, with their headers", async () => {
  for (const [path, status] of [["/notes/1", 200], ["/notes/1/nothing", 404]] as const) {
    const response = await request(`GET ${path}`, { Origin: APP }, { origins: [APP] });
    assertEquals(response.status, status);
    const fields = fieldsOf(response);
    assertEquals(Object.keys(fields).toSorted(), ["allow-origin", "expose-headers"]);
    assertEquals(fields["allow-origin"], APP);
    for (const name of ["ETag", "Link", "Location", "RateLimit", "Retry-After", "X-Request-Id"]) {
      assert(listed(fields["expose-headers"]).includes(name), name);
    }
    assert(listed(response.headers.get("Vary") ?? "").includes("Origin"));
  }
});

Deno.test("CORS adds no headers for other origins, however similar to an allowed one", async () => {
  const others = [
    ...["https://evil.example", "https://app.example.evil", "https://sub.app.example", "http://app.example"],
    ...["https://app.example:8443", "https://APP.example", "null", "", `${APP}, ${APP}`],
  ];
  for (const origin of others) {
    for (
      const response of [
        await request("GET /notes", { Origin: origin }, { origins: [APP] }),
        await preflight("/notes/1", origin, { origins: [APP] }),
      ]
    ) {
      assertEquals(fieldsOf(response), {}, origin);
      assert(listed(response.headers.get("Vary") ?? "").includes("Origin"));
    }
  }
});

Deno.test("CORS allows every origin with a star if configured, and then does not vary", async () => {
  const response = await request("GET /notes", { Origin: "https://any.example" }, { origins: "*" });
  assertEquals(fieldsOf(response)["allow-origin"], "*");
  assertEquals(response.headers.get("Vary"), null);
});

Deno.test("CORS allows credentials if configured", async () => {
  const cors = { origins: [APP], credentials: true };
  for (
    const response of [
      await request("GET /notes", { Origin: APP }, cors),
      await preflight("/notes", APP, cors),
    ]
  ) {
    assertEquals(fieldsOf(response)["allow-credentials"], "true");
  }
});

Deno.test("CORS ignores an OPTIONS that is not a preflight, and fails a preflight for an unknown path", async () => {
  const plain = await request("OPTIONS /notes", { Origin: APP }, { origins: [APP] });
  assertEquals([plain.status, fieldsOf(plain)["allow-methods"]], [204, undefined]);
  const nowhere = await preflight("/nowhere", APP, { origins: [APP] });
  assertEquals([nowhere.status, fieldsOf(nowhere)["allow-methods"]], [404, undefined]);
});
