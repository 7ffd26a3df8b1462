import type { Querier } from "../db.ts";
import type { DatabaseCatalog } from "./database_catalog.ts";

/**
 * Prepares a target to take rows in any order of tables. Disables foreign keys, triggers and row-level security of
 * the owner, which the owner may do; `session_replication_role` would need a superuser.
 */
export async function suspendRules(tx: Querier, target: DatabaseCatalog): Promise<void> {
  for (const sql of suspendStatements(target)) await tx.query(sql);
}

/** Returns the statements of {@link suspendRules}. */
export function suspendStatements(target: DatabaseCatalog): readonly string[] {
  return [
    ...target.constraints.filter(({ enforced }) => enforced).map(({ table, name, validated }) => {
      // Enforcing a constraint again checks every row, and existing rows may violate one that is not validated.
      const change = validated ? `ALTER CONSTRAINT ${name} NOT ENFORCED` : `DROP CONSTRAINT ${name}`;
      return `ALTER TABLE ${table} ${change}`;
    }),
    ...[...new Set(target.triggers.map(({ table }) => table))].map((table) =>
      `ALTER TABLE ${table} DISABLE TRIGGER USER`
    ),
    ...target.forcedSecurity.map((table) => `ALTER TABLE ${table} NO FORCE ROW LEVEL SECURITY`),
  ];
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
  for (const sql of restoreStatements(source)) await tx.query(sql);
}

/** Returns the statements of {@link restoreRules}. */
export function restoreStatements(source: DatabaseCatalog): readonly string[] {
  return [
    ...source.constraints.filter(({ enforced }) => enforced).map(({ table, name, definition, validated }) => {
      const change = validated ? `ALTER CONSTRAINT ${name} ENFORCED` : `ADD CONSTRAINT ${name} ${definition}`;
      return `ALTER TABLE ${table} ${change}`;
    }),
    ...source.triggers.map(({ table, name, mode }) =>
      `ALTER TABLE ${table} ${TRIGGER_MODES[mode] ?? "ENABLE"} TRIGGER ${name}`
    ),
    ...source.forcedSecurity.map((table) => `ALTER TABLE ${table} FORCE ROW LEVEL SECURITY`),
  ];
}
