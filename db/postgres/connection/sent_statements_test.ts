import { assert, assertEquals } from "@std/assert";
import { QuickStatements } from "./sent_statements.ts";

Deno.test("QuickStatements recognizes fast reads by their latency", () => {
  const reads = new QuickStatements();
  const text = "select id from profiles where id = $1";
  assertEquals(reads.quick(text), undefined);
  reads.record(text, 0.4);
  assertEquals(reads.quick(text), "read");
  for (let times = 0; times < 3; times++) reads.record(text, 40);
  assertEquals(reads.quick(text), undefined);
  for (let times = 0; times < 30; times++) reads.record(text, 0.4);
  assertEquals(reads.quick(text), "read");
});

Deno.test("QuickStatements excludes statements that lock or may wait", () => {
  const reads = new QuickStatements();
  const others = [
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
    assertEquals(reads.quick(text), undefined, text);
  }
});

Deno.test("QuickStatements recognizes writes that take neither a lock nor a disk", () => {
  const writes = new QuickStatements();
  const text = "insert into profiles (id) values ($1)";
  assertEquals([writes.quick(text), writes.mayWrite(text)], [undefined, true]);
  writes.record(text, 0.3);
  assertEquals([writes.quick(text), writes.mayWrite(text)], ["write", true]);
  // One that waited.
  writes.record(text, 20);
  assertEquals(writes.quick(text), undefined);
  for (let times = 0; times < 30; times++) writes.record(text, 0.3);
  assertEquals(writes.quick(text), "write");
  writes.record("select 1", 0.3);
  assertEquals(writes.mayWrite("select 1"), false);
});

Deno.test("QuickStatements recognizes writes that are recorded in the audit log", () => {
  const writes = new QuickStatements();
  const insert = "insert into profiles (id) values ($1) returning true as changed";
  const text = `with changed as (${insert}), recorded as (insert into audit_log …) select * from changed`;
  writes.record(text, 0.3);
  assertEquals([writes.quick(text), writes.mayWrite(text)], ["write", true]);
});

Deno.test("QuickStatements remembers a limited number of texts", () => {
  const reads = new QuickStatements();
  for (let index = 0; index <= 1_000; index++) reads.record(`select ${index}`, 0.1);
  assertEquals(reads.quick("select 1"), undefined);
  assertEquals(reads.quick("select 1000"), "read");
  for (let index = 0; index < 100_000; index++) {
    reads.record(`select ${index}`, 0.1);
    assert(reads.size <= 1_000);
  }
  const long = `select ${"1 + ".repeat(3_000)} 1`;
  reads.record(long, 0.1);
  assertEquals([reads.quick(long), reads.mayWrite(long)], [undefined, true]);
});
