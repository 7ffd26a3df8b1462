import { assertEquals, assertFalse, assertStringIncludes } from "@std/assert";
import { copySummary } from "./db_copy_summary.ts";

const TARGET = {
  host: "db.example",
  port: 5433,
  user: "ann",
  password: "sesame",
  database: "data",
  maxConnections: 2,
  tls: { verify: true },
};

Deno.test("copySummary() shows what was copied and which variables to set, without secrets", () => {
  const summary = { tables: 3, rows: 12_345, found: 5000, finishedAt: null };
  const text = copySummary(summary, { seconds: 1.25, target: TARGET, secretFile: "data/hmac_secret" });
  assertFalse(text.includes("sesame"));
  assertStringIncludes(
    text,
    "Copied 3 tables with 12,345 rows in 1.3 s, 5,000 of them by an earlier run\nVerified: ",
  );
  assertEquals(text.match(/^ {2}\w+=.*$/gm), [
    "  POSTGRES_PRIMARY_HOST=db.example",
    "  POSTGRES_PRIMARY_PORT=5433",
    "  POSTGRES_PRIMARY_USER=ann",
    "  POSTGRES_PRIMARY_PASSWORD=<password of the URL>",
    "  POSTGRES_PRIMARY_DATABASE=data",
    "  POSTGRES_PRIMARY_TLS=verify-full",
    "  HMAC_SECRET=<content of data/hmac_secret>",
  ]);
});

Deno.test("copySummary() reports a copy that was already complete", () => {
  const summary = { tables: 3, rows: 0, found: 0, finishedAt: "2026-11-22T11:00:00Z" };
  const text = copySummary(summary, { seconds: 0, target: TARGET, secretFile: undefined });
  assertStringIncludes(text, "Nothing to do: the copy was completed at 2026-11-22T11:00:00Z\n");
  assertStringIncludes(text, "  HMAC_SECRET=<unchanged>\n");
});
