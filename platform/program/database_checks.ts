import type { HealthManager } from "@archway/db/db.ts";
import type { HealthCheck, ReadinessCheck } from "@archway/server/health.ts";
import type { MigrationGate } from "./migration_gate.ts";

/** Returns the readiness check of the database: migrations and primary are required, a lost replica only degrades. */
export function databaseChecks(database: HealthManager, migrations: MigrationGate): ReadinessCheck {
  return async function checkDatabase(): Promise<readonly HealthCheck[]> {
    const instances = await database.health();
    const reachable = instances.some(({ role, healthy, isServing }) =>
      role === "primary" && (healthy || isServing)
    );
    return [
      reachable
        ? await checkMigrations(migrations)
        : { name: "migrations", status: "unavailable", reason: "primary unreachable" },
      ...instances.map(({ name, role, healthy, isServing, reason }): HealthCheck => ({
        name,
        status: healthy ? "ok" : role === "primary" && isServing !== true ? "unavailable" : "degraded",
        ...(reason !== undefined && { reason }),
      })),
    ];
  };
}

async function checkMigrations(migrations: MigrationGate): Promise<HealthCheck> {
  const pending = await migrations.countPending();
  return pending === 0
    ? { name: "migrations", status: "ok" }
    : { name: "migrations", status: "unavailable", reason: `${pending} pending` };
}
