import { assertEquals } from "@std/assert";
import { creations, keyedPosts, patches, replays, type Share, type Workload } from "./workload.ts";

/** Returns the requests that a client sends: those that it prepares with, and some of its load. */
async function sent(workload: Workload, share: Share, count: number): Promise<readonly string[]> {
  const texts: string[] = [];
  const client = await workload((request) => {
    texts.push(new TextDecoder().decode(request));
    return Promise.resolve({ status: 201, etag: `"${texts.length}"`, length: 0 });
  }, share);
  for (let index = 0; index < count; index++) await client();
  return texts;
}

const match = (texts: readonly string[], pattern: RegExp): readonly string[] =>
  texts.map((text) => pattern.exec(text)?.[1] ?? "none");

Deno.test("creations() have addresses that no other round and connection has", async () => {
  const workload = creations("/p");
  const shares = [0, 1, 0, 1].map((connection) => ({ connection, connections: 2 }));
  const requests = (await Promise.all(shares.map((share) => sent(workload, share, 3)))).flat();
  assertEquals(new Set(match(requests, /"email":"([^"]+@example\.com)"/)).size, 12);
});

Deno.test("patches() are of a connection's own contacts, with their latest ETag", async () => {
  const requests = await sent(patches(["/a", "/b", "/c", "/d"]), { connection: 1, connections: 2 }, 3);
  assertEquals(match(requests, /^(\w+ \S+)/), ["GET /b", "GET /d", "PATCH /b", "PATCH /d", "PATCH /b"]);
  assertEquals(match(requests.slice(2), /If-Match: (\S+)/), ['"1"', '"2"', '"3"']);
});

Deno.test("keyedPosts() are of bodies in turn, each time under a new key", async () => {
  const requests = await sent(keyedPosts("/p", ["a", "b", "c", "d"]), { connection: 1, connections: 2 }, 8);
  assertEquals(requests.map((text) => text.split("\r\n\r\n")[1]).join(""), "cdabcdab");
  assertEquals(new Set(match(requests, /Idempotency-Key: (\S+)/)).size, 8);
});

Deno.test("replays() repeat the requests that were prepared", async () => {
  const requests = await sent(replays("/p", ["a", "b", "c"]), { connection: 0, connections: 1 }, 33);
  assertEquals(requests.slice(32), [...requests.slice(0, 32), requests[0]]);
  assertEquals(new Set(requests).size, 32);
});
