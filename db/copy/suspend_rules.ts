import type { Querier } from "../db.ts";
import type { DatabaseCatalog } from "./database_catalog.ts";

/**
 * Prepares a target to take rows in any order of tables. Disables foreign keys, triggers and row-level security of
 * the owner, which the owner may do; `session_replication_role` would need a superuser.
 */
export async function suspendRules(tx: Querier, target: DatabaseCatalog): Promise<void> {
  for (const { table, name, enforced, validated } of target.constraints) {
    if (!enforced) continue;
    // Enforcing a constraint again checks every row, and existing rows may violate one that is not validated.
    const change = validated ? `ALTER CONSTRAINT ${name} NOT ENFORCED` : `DROP CONSTRAINT ${name}`;
    await tx.query(`ALTER TABLE ${table} ${change}`);
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

/** Restores the rules of the source. Foreign keys that were validated there check all rows. */
export async function restoreRules(tx: Querier, source: DatabaseCatalog): Promise<void> {
  for (const { table, name, definition, enforced, validated } of source.constraints) {
    if (!enforced) continue;
    const change = validated ? `ALTER CONSTRAINT ${name} ENFORCED` : `ADD CONSTRAINT ${name} ${definition}`;
    await tx.query(`ALTER TABLE ${table} ${change}`);
  }
  for (const { table, name, mode } of source.triggers) {
    await tx.query(`ALTER TABLE ${table} ${TRIGGER_MODES[mode] ?? "ENABLE"} TRIGGER ${name}`);
  }
  for (const table of source.forcedSecurity) {
    await tx.query(`ALTER TABLE ${table} FORCE ROW LEVEL SECURITY`);
  }
}
