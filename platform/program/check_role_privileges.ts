import type { Querier } from "@archway/db/db.ts";

interface Row {
  readonly role: string;
  readonly superuser: boolean;
  readonly owner: boolean;
}

// Includes roles of which this one is a member: the owner of a database is a member of the owner of its schema public.
const statement = `SELECT rolname AS role, rolsuper AS superuser,
  EXISTS (SELECT FROM pg_namespace WHERE nspname = current_schema AND pg_has_role(nspowner, 'USAGE'))
    OR EXISTS (
      SELECT FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
      WHERE nspname = current_schema AND relkind IN ('r', 'p') AND pg_has_role(relowner, 'USAGE')
    ) AS owner
  FROM pg_roles WHERE rolname = current_user`;

/** Role of the service, and the privileges that it does not need. */
export interface ExcessPrivileges {
  readonly role: string;
  readonly privileges: string;
}

/**
 * Checks whether the role of the service is a superuser, or owns the tables although it applies no migrations.
 *
 * @param options.migrates Whether the service applies migrations itself, which requires ownership of the tables.
 * @returns undefined for a role with no more privileges than db/roles.sql grants.
 * @throws {DatabaseError}
 */
export async function checkRolePrivileges(
  querier: Querier,
  { migrates, signal }: { readonly migrates: boolean; readonly signal: AbortSignal },
): Promise<ExcessPrivileges | undefined> {
  const { rows: [row] } = await querier.query<Row>(statement, [], { signal });
  if (row === undefined) return undefined;
  const { role, superuser, owner } = row;
  if (superuser) return { role, privileges: "superuser" };
  return owner && !migrates ? { role, privileges: "owner of the tables" } : undefined;
}
