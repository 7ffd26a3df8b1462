import { assertEquals } from "@std/assert";
import { type Share, type Workload, workloadClient } from "./workload.ts";

/** Returns the requests that a client sends: those that it prepares with, and some of its load. */
async function sent(workload: Workload, share: Share, count: number): Promise<readonly string[]> {
  const texts: string[] = [];
  const exchange = (request: Uint8Array): Promise<{ status: number; etag: string; length: number }> => {
    texts.push(new TextDecoder().decode(request));
    return Promise.resolve({ status: 201, etag: `"${texts.length}"`, length: 0 });
  };
  const client = await workloadClient(workload, exchange, share);
  for (let index = 0; index < count; index++) await client();
  return texts;
}

const match = (texts: readonly string[], pattern: RegExp): readonly string[] =>
  texts.map((text) => pattern.exec(text)?.[1] ?? "none");

Deno.test("workloadClient() creates contacts whose addresses no other round and connection has", async () => {
  const shares = [0, 1, 0, 1].map((connection) => ({ connection, connections: 2 }));
  const requests = (await Promise.all(shares.map((share) => sent({ kind: "create", path: "/p" }, share, 3))))
    .flat();
  assertEquals(new Set(match(requests, /"email":"([^"]+@example\.com)"/)).size, 12);
});

Deno.test("workloadClient() patches contacts of its own with their latest ETag", async () => {
  const workload = { kind: "patch", paths: ["/a", "/b", "/c", "/d"] } as const;
  const requests = await sent(workload, { connection: 1, connections: 2 }, 3);
  assertEquals(match(requests, /^(\w+ \S+)/), ["GET /b", "GET /d", "PATCH /b", "PATCH /d", "PATCH /b"]);
  assertEquals(match(requests.slice(2), /If-Match: (\S+)/), ['"1"', '"2"', '"3"']);
});

Deno.test("workloadClient() posts bodies in turn, each time under a new key", async () => {
  const workload = { kind: "post", path: "/p", bodies: ["a", "b", "c", "d"] } as const;
  const requests = await sent(workload, { connection: 1, connections: 2 }, 8);
  assertEquals(requests.map((text) => text.split("\r\n\r\n")[1]).join(""), "cdabcdab");
  assertEquals(new Set(match(requests, /Idempotency-Key: (\S+)/)).size, 8);
});

Deno.test("workloadClient() replays the requests that it prepared", async () => {
  const workload = { kind: "replay", path: "/p", bodies: ["a", "b", "c"] } as const;
  const requests = await sent(workload, { connection: 0, connections: 1 }, 33);
  assertEquals(requests.slice(32), [...requests.slice(0, 32), requests[0]]);
  assertEquals(new Set(requests).size, 32);
});
