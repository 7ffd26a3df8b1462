import { assertEquals } from "@std/assert";
import { WalLimit } from "./wal_limit.ts";

Deno.test("WalLimit.isDue() is true after segments of write-ahead log, or with age", async () => {
  const cluster = await Deno.makeTempDir();
  const write = (name: string): void => Deno.writeTextFileSync(`${cluster}/pg_wal/${name}`, "");
  await Deno.mkdir(`${cluster}/pg_wal/archive_status`, { recursive: true });
  write("000000010000000000000FFE");
  let now = 0;
  const limit = new WalLimit(cluster, { segments: 3, ageMs: 1_000, now: () => now });
  now += 20;
  assertEquals(limit.use(), false);
  write("000000010000000100000000"); // two after FFE: the upper part counts 4 GB
  write("00000002.history");
  now += 20;
  assertEquals(limit.use(), false);
  write("000000010000000100000001");
  assertEquals(limit.use(), false); // looked at a moment ago
  now += 20;
  assertEquals(limit.isDue(), true);
  limit.checkpointed();
  now += 20;
  assertEquals(limit.use(), false);
  now += 1_000;
  assertEquals(limit.isDue(), true);
  limit.checkpointed();
  now += 2_000;
  assertEquals(limit.isDue(), false); // nothing was executed since
  await Deno.remove(cluster, { recursive: true });
});
