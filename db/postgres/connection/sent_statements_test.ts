import { assert, assertEquals } from "@std/assert";
import { QuickReads } from "./sent_statements.ts";

Deno.test("QuickReads recognizes fast reads by their latency", () => {
  const reads = new QuickReads();
  const text = "select id from profiles where id = $1";
  assertEquals(reads.isQuick(text), false);
  reads.record(text, 0.4);
  assertEquals(reads.isQuick(text), true);
  for (let times = 0; times < 3; times++) reads.record(text, 40);
  assertEquals(reads.isQuick(text), false);
  for (let times = 0; times < 30; times++) reads.record(text, 0.4);
  assertEquals(reads.isQuick(text), true);
});

Deno.test("QuickReads excludes statements that write, lock or wait", () => {
  const reads = new QuickReads();
  const others = [
    "update profiles set name = $1",
    "insert into profiles (id) select $1",
    "with gone as (delete from profiles returning id) select * from gone",
    "select id from profiles where id = $1 for update",
    "select id from profiles\n  where id = $1\n  FOR NO KEY UPDATE skip locked",
    "select id from profiles for key share",
    "select pg_advisory_lock(1)",
    "SELECT pg_sleep(0)",
    "select nextval('numbers')",
  ];
  for (const text of others) {
    reads.record(text, 0.1);
    assertEquals(reads.isQuick(text), false, text);
  }
});

Deno.test("QuickReads remembers a limited number of texts", () => {
  const reads = new QuickReads();
  for (let index = 0; index <= 1_000; index++) reads.record(`select ${index}`, 0.1);
  assert(!reads.isQuick("select 1"));
  assert(reads.isQuick("select 1000"));
  for (let index = 0; index < 100_000; index++) {
    reads.record(`select ${index}`, 0.1);
    assert(reads.size <= 1_000);
  }
  const long = `select ${"1 + ".repeat(3_000)} 1`;
  reads.record(long, 0.1);
  assert(!reads.isQuick(long));
});
