import { assert, assertEquals } from "@std/assert";
import { cachedSummaries, excerpt, summarizeStatement } from "./summarize_statement.ts";

Deno.test("summarizeStatement() returns the operation and the table", () => {
  const names: Readonly<Record<string, string>> = {
    "SELECT id FROM profiles WHERE id = $1": "SELECT profiles",
    'select * from "profiles"': "SELECT profiles",
    "\n  -- FROM nowhere\n  INSERT INTO archway.profiles (id) VALUES ($1)": "INSERT archway.profiles",
    "UPDATE ONLY profiles SET name = $2": "UPDATE profiles",
    "DELETE FROM profiles": "DELETE profiles",
    "WITH page AS (SELECT * FROM profiles) SELECT * FROM page": "SELECT profiles",
    "WITH gone AS (DELETE FROM profiles RETURNING id) SELECT count(*) FROM gone": "DELETE profiles",
    "COPY profiles (id) FROM STDIN": "COPY profiles",
    "COPY (SELECT id FROM ONLY public.profiles WHERE id <= 'a'::uuid) TO STDOUT": "COPY public.profiles",
    "SELECT id AS copy FROM profiles": "SELECT profiles",
    "SELECT pg_current_wal_lsn()": "SELECT",
    "SELECT * FROM generate_series(1, 3)": "SELECT",
    "SAVEPOINT archway_1": "SAVEPOINT",
    "/* nothing */": "QUERY",
    "": "QUERY",
  };
  for (const [text, name] of Object.entries(names)) assertEquals(summarizeStatement(text).name, name, text);
});

Deno.test("summarizeStatement() is fast for any input", () => {
  for (
    const text of ["/*".repeat(50_000), "--".repeat(50_000), "FROM ".repeat(50_000), " ".repeat(100_000)]
  ) {
    summarizeStatement(text);
  }
});

Deno.test("summarizeStatement() caches a bounded number of statements, and no long ones", () => {
  for (let index = 0; index < 10_000; index++) {
    assertEquals(summarizeStatement(`SELECT ${index} FROM profiles`).name, "SELECT profiles");
    assert(cachedSummaries() <= 1_000);
  }
  const before = cachedSummaries();
  assertEquals(summarizeStatement(`SELECT ${"1 + ".repeat(3_000)} 1 FROM profiles`).name, "SELECT profiles");
  assertEquals(cachedSummaries(), before);
});

Deno.test("excerpt() marks a position in a statement and shows the text around it", () => {
  assertEquals(excerpt("SELECT nmae FROM profiles", 8), "SELECT ▸nmae FROM profiles");
  assertEquals(excerpt('SELECT "😀",\n    nmae', 17), 'SELECT "😀", ▸nmae');
  assertEquals(excerpt("SELECT 'It''s a secret', nmae", 26), "SELECT '…', ▸nmae");
  const long = `${"a, ".repeat(100)}b${", c".repeat(100)}`;
  assertEquals(excerpt(long, 301), `… ${"a, ".repeat(13)}▸b${", c".repeat(13)}…`);
  for (const position of [undefined, 0, -1, 100]) assertEquals(excerpt("SELECT 1", position), undefined);
});
