import type { Querier } from "../db.ts";
import type { DatabaseCatalog } from "./database_catalog.ts";

/**
 * Makes a target take rows table after table: no foreign key is enforced, no trigger fires, no policy holds for the
 * owner. Each is the owner's right; `session_replication_role` would need a superuser.
 */
export async function suspendRules(tx: Querier, target: DatabaseCatalog): Promise<void> {
  for (const { table, name, enforced } of target.foreignKeys) {
    if (enforced) await tx.query(`ALTER TABLE ${table} ALTER CONSTRAINT ${name} NOT ENFORCED`);
  }
  for (const table of new Set(target.triggers.map(({ table }) => table))) {
    await tx.query(`ALTER TABLE ${table} DISABLE TRIGGER USER`);
  }
  for (const table of target.forcedSecurity) {
    await tx.query(`ALTER TABLE ${table} NO FORCE ROW LEVEL SECURITY`);
  }
}

/** By `pg_trigger.tgenabled`. */
const TRIGGER_MODES: Readonly<Record<string, string>> = {
  O: "ENABLE",
  D: "DISABLE",
  R: "ENABLE REPLICA",
  A: "ENABLE ALWAYS",
};

/** Makes it as the source is. Every row is checked against the foreign keys. */
export async function restoreRules(tx: Querier, source: DatabaseCatalog): Promise<void> {
  for (const { table, name, enforced } of source.foreignKeys) {
    if (enforced) await tx.query(`ALTER TABLE ${table} ALTER CONSTRAINT ${name} ENFORCED`);
  }
  for (const { table, name, mode } of source.triggers) {
    await tx.query(`ALTER TABLE ${table} ${TRIGGER_MODES[mode] ?? "ENABLE"} TRIGGER ${name}`);
  }
  for (const table of source.forcedSecurity) {
    await tx.query(`ALTER TABLE ${table} FORCE ROW LEVEL SECURITY`);
  }
}
