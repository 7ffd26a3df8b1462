import { assertEquals } from "@std/assert";
import { movedFiles, planUpgrade } from "./upgrade_plan.ts";
import { upgradeReport } from "./upgrade_report.ts";

Deno.test("planUpgrade() changes what the team did not touch, and keeps the rest", () => {
  const before = { same: "1", changed: "1", gone: "1", edited: "1", both: "1", ejected: "1", removed: "1" };
  const now = { same: "1", changed: "1", gone: "1", edited: "2", both: "2", ejected: "1", own: "1" };
  const newer = { same: "1", changed: "2", edited: "1", both: "3", ejected: "2", removed: "1", added: "1" };
  assertEquals(planUpgrade({ before, now, newer }, ["ejected"]), {
    changes: [
      { path: "added", kind: "added" },
      { path: "changed", kind: "replaced" },
      { path: "gone", kind: "deleted" },
    ],
    kept: ["both", "ejected"],
  });
});

Deno.test("movedFiles() finds a file by its text, or by its name, if only one is new", () => {
  const before = {
    "a/same.ts": "1",
    "a/named.ts": "2",
    "a/twice.ts": "3",
    "a/gone.ts": "4",
    "a/kept.ts": "5",
  };
  const newer = {
    "b/other.ts": "1",
    "b/named.ts": "6",
    "b/twice.ts": "7",
    "c/twice.ts": "8",
    "a/kept.ts": "9",
  };
  assertEquals(
    [...movedFiles({ changes: [], kept: Object.keys(before) }, { before, newer })],
    [["a/same.ts", "b/other.ts"], ["a/named.ts", "b/named.ts"]],
  );
});

Deno.test("upgradeReport() counts files by folder, and lists migrations, what stays and what to decide", () => {
  const upgrade = {
    from: "1.0.0",
    to: "1.1.0",
    changes: [
      { path: "db/a.ts", kind: "replaced" },
      { path: "db/b.ts", kind: "replaced" },
      { path: "db/c.ts", kind: "deleted" },
      { path: "platform/events/migrations/2_a.sql", kind: "added" },
    ],
    kept: ["server/a.ts", "server/b.ts", "server/c.ts"],
    merged: [{ path: "deno.json", conflicts: ["imports.a (yours stays)"] }],
    differences: new Map([["server/a.ts", "+3 −1 lines"]]),
    moves: new Map([["server/c.ts", "server/c/c.ts"]]),
    capabilities: ["jobs: add jobsModule"],
  } as const;
  const report = `
Changed:
  db/  2 replaced, 1 deleted
  platform/  1 added

Merged:
  deno.json

Migrations that come along:
  platform/events/migrations/2_a.sql

New capabilities, which services.ts does not list:
  jobs: add jobsModule

Yours, and changed in the template:
  server/a.ts  +3 −1 lines
  server/b.ts  deleted there
  server/c.ts  moved there to server/c/c.ts

To decide:
  deno.json: imports.a (yours stays)
`;
  assertEquals(
    upgradeReport(upgrade, { dryRun: true }),
    `Upgrade from 1.0.0 to 1.1.0, nothing written\n${report}`,
  );
  assertEquals(
    upgradeReport(upgrade, { dryRun: false }),
    `Upgraded from 1.0.0 to 1.1.0
${report}
Next:
  deno install
  deno task gen
  deno task schema
  deno task settings
  deno fmt
  deno task check
  deno task test

To undo it: git reset --hard && git clean -fd (nothing is committed yet)
`,
  );
});

Deno.test("upgradeReport() reports that nothing differs", () => {
  const nothing = {
    from: "1.0.0",
    to: "1.0.0",
    changes: [],
    kept: [],
    merged: [],
    differences: new Map(),
    moves: new Map(),
    capabilities: [],
  };
  assertEquals(upgradeReport(nothing, { dryRun: false }), "Upgraded from 1.0.0 to 1.0.0: no file differs.\n");
});
