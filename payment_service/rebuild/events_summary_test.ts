import { assertEquals } from "@std/assert";
import { rebuildSummary } from "./events_summary.ts";

const EQUAL = { table: "accounts", rows: 1200, lacking: 0, surplus: 0, unequal: 0, examples: [] };
const WRONG = { table: "payments", rows: 7, lacking: 1, surplus: 0, unequal: 2, examples: ["a", "b", "c"] };

Deno.test("rebuildSummary() tells what differs and what to do", () => {
  assertEquals(
    rebuildSummary({ events: 5000, tables: [EQUAL, WRONG], swapped: false }, 2),
    `Rebuilt from 5,000 events in 2.0 s, 2,500 a second
  accounts: 1,200 rows, all of them equal
  payments: 7 rows, of which 2 differ, 1 are missing, 0 come from no event: a, b, c
Nothing was changed: with --swap what was rebuilt takes the place of what differs
`,
  );
});

Deno.test("rebuildSummary() tells that all is well, or was made well", () => {
  const last = (summary: string): string | undefined => summary.trimEnd().split("\n").at(-1);
  assertEquals(
    last(rebuildSummary({ events: 1, tables: [EQUAL], swapped: false }, 1)),
    "What is live is what the events make",
  );
  assertEquals(
    last(rebuildSummary({ events: 1, tables: [WRONG], swapped: true }, 1)),
    "What differs was put right, in one transaction",
  );
});
