import { assertEquals, assertNotEquals } from "@std/assert";
import { requestSource } from "./request_sources.ts";
import type { RequestSource } from "./run_load.ts";

const decoder = new TextDecoder();

Deno.test("requestSource() creates contacts whose addresses no other round and connection has", () => {
  const addresses: string[] = [];
  for (let round = 0; round < 3; round++) {
    for (let connection = 0; connection < 2; connection++) {
      const source = requestSource({ kind: "create", path: "/p" }, { connection, connections: 2 });
      for (let count = 0; count < 2; count++) {
        const [, email = "none"] = /"email":"([^"]+)"/.exec(decoder.decode(source.next())) ?? [];
        addresses.push(email);
      }
    }
  }
  assertEquals(new Set(addresses).size, 12);
  assertEquals(addresses.filter((address) => !address.endsWith("@example.com")), []);
});

/** The idempotency keys and the bodies of the next requests of a source. */
function posted(source: RequestSource, count: number): readonly (readonly [string, string])[] {
  return Array.from({ length: count }, () => {
    const text = decoder.decode(source.next());
    const [, key = "none"] = /Idempotency-Key: (.+)\r/.exec(text) ?? [];
    return [key, text.split("\r\n\r\n")[1] ?? "none"];
  });
}

Deno.test("requestSource() posts bodies in turn, each time under a new key", () => {
  const scenario = { kind: "post", path: "/p", bodies: ["a", "b", "c", "d"] } as const;
  const requests = posted(requestSource(scenario, { connection: 1, connections: 2 }), 8);
  assertEquals(requests.map(([, body]) => body).join(""), "cdabcdab");
  assertEquals(new Set(requests.map(([key]) => key)).size, 8);
});

Deno.test("requestSource() repeats the requests that it prepared", async () => {
  const scenario = { kind: "replay", path: "/p", bodies: ["a", "b", "c"] } as const;
  const source = requestSource(scenario, { connection: 0, connections: 1 });
  const prepared: string[] = [];
  await source.prepare?.((request) => {
    prepared.push(decoder.decode(request));
    return Promise.resolve({ status: 201, etag: undefined });
  });
  const sent = Array.from({ length: prepared.length + 1 }, () => decoder.decode(source.next()));
  assertEquals(sent, [...prepared, prepared[0]]);
  assertNotEquals(prepared[0], prepared[3]);
});
