import { assertEquals } from "@std/assert";
import { planUpgrade } from "./upgrade_plan.ts";
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
    kept: ["server/a.ts", "server/b.ts"],
    merged: [{ path: "deno.json", conflicts: ["imports.a (yours stays)"] }],
    differences: new Map([["server/a.ts", "+3 −1 lines"]]),
  } as const;
  const report = `
Changed:
  db/  2 replaced, 1 deleted
  platform/  1 added

Merged:
  deno.json

Migrations that come along:
  platform/events/migrations/2_a.sql

Yours, and changed in the template:
  server/a.ts  +3 −1 lines
  server/b.ts  deleted there

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
  const nothing = { from: "1.0.0", to: "1.0.0", changes: [], kept: [], merged: [], differences: new Map() };
  assertEquals(upgradeReport(nothing, { dryRun: false }), "Upgraded from 1.0.0 to 1.0.0: no file differs.\n");
});
