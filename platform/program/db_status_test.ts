import { assertEquals } from "@std/assert";
import type { InstanceStatus } from "@archway/db/db.ts";
import { statusJson, statusTable } from "./db_status.ts";

const INSTANCES: readonly InstanceStatus[] = [
  {
    name: "primary",
    role: "primary",
    healthy: true,
    address: "db.example:5432",
    databaseBytes: 7_759_462n,
    pool: { max: 10, open: 1, idle: 1, waiting: 0, waitedMs: 0 },
  },
  {
    name: "replica_0",
    role: "replica",
    healthy: false,
    reason: "unreachable",
    address: "replica.example:5433",
    pool: { max: 10, open: 0, idle: 0, waiting: 0, waitedMs: 0 },
  },
];

Deno.test("statusTable() aligns its columns and shows a dash for unknown values", () => {
  assertEquals(
    statusTable(INSTANCES),
    `NAME       ROLE     ADDRESS               LAG  SIZE    OPEN  IDLE  WAITING  MAX  STATE
primary    primary  db.example:5432       -    7.4 MB  1     1     0        10   healthy
replica_0  replica  replica.example:5433  -    -       0     0     0        10   unreachable
`,
  );
});

Deno.test("statusJson() formats every field as JSON", () => {
  const [primary, replica] = JSON.parse(statusJson(INSTANCES));
  assertEquals(primary, { ...INSTANCES[0], databaseBytes: 7_759_462 });
  assertEquals(replica, INSTANCES[1]);
});
