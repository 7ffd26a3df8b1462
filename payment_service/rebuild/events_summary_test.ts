import { assertEquals } from "@std/assert";
import { rebuildSummary } from "./events_summary.ts";

const EQUAL = { table: "accounts", rows: 1200, missing: 0, extra: 0, different: 0, examples: [] };
const WRONG = { table: "payments", rows: 7, missing: 1, extra: 0, different: 2, examples: ["a", "b", "c"] };

Deno.test("rebuildSummary() lists the differences and the next step", () => {
  assertEquals(
    rebuildSummary({ events: 5000, tables: [EQUAL, WRONG], swapped: false }, 2),
    `Replayed 5,000 events in 2.0 s (2,500 events/s)
  accounts: 1,200 rows, no differences
  payments: 7 rows, 2 different, 1 missing, 0 without an event: a, b, c
No changes were made; run with --swap to replace the differing rows
`,
  );
});

Deno.test("rebuildSummary() reports a match, or replaced rows", () => {
  const last = (summary: string): string | undefined => summary.trimEnd().split("\n").at(-1);
  assertEquals(
    last(rebuildSummary({ events: 1, tables: [EQUAL], swapped: false }, 1)),
    "The live tables match the events",
  );
  assertEquals(
    last(rebuildSummary({ events: 1, tables: [WRONG], swapped: true }, 1)),
    "Replaced the differing rows in one transaction",
  );
});
