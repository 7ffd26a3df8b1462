import type { HealthManager } from "../db/db.ts";
import type { HealthCheck, ReadinessCheck } from "../server/health.ts";
import type { MigrationKeeper } from "./migration_keeper.ts";

/** What `/readyz` asks of the database: migrated, the primary reachable. A replica that is lost only degrades. */
export function databaseChecks(database: HealthManager, migrations: MigrationKeeper): ReadinessCheck {
  return async function checkDatabase(options): Promise<readonly HealthCheck[]> {
    const instances = await database.health(options);
    const schema: HealthCheck = migrations.done
      ? { name: "migrations", status: "ok" }
      : { name: "migrations", status: "unavailable", reason: "Not applied yet" };
    return [
      schema,
      ...instances.map(({ name, role, healthy, reason }): HealthCheck => ({
        name,
        status: healthy ? "ok" : role === "primary" ? "unavailable" : "degraded",
        ...(reason !== undefined && { reason }),
      })),
    ];
  };
}
