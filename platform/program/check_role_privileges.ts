import type { Querier } from "@archway/db/db.ts";

interface Row {
  readonly role: string;
  readonly superuser: boolean;
  readonly owner: boolean;
}

// Roles that this one can use count as well: the owner of a database is a member of the owner of its schema public.
const statement = `SELECT rolname AS role, rolsuper AS superuser,
  EXISTS (SELECT FROM pg_namespace WHERE nspname = current_schema AND pg_has_role(nspowner, 'USAGE'))
    OR EXISTS (
      SELECT FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
      WHERE nspname = current_schema AND relkind IN ('r', 'p') AND pg_has_role(relowner, 'USAGE')
    ) AS owner
  FROM pg_roles WHERE rolname = current_user`;

/**
 * What the role of the service may do and does not need, for people: that it is a superuser, or could drop the tables.
 * Undefined where it is a role as db/roles.sql makes it. Throws a `DatabaseError`.
 *
 * @param options.migrates Whether the service is to make its tables itself, and has to own them.
 */
export async function checkRolePrivileges(
  querier: Querier,
  { migrates, signal }: { readonly migrates: boolean; readonly signal: AbortSignal },
): Promise<string | undefined> {
  const { rows: [row] } = await querier.query<Row>(statement, [], { signal });
  if (row === undefined) return undefined;
  if (row.superuser) return `The database role ${row.role} is a superuser`;
  return row.owner && !migrates ? `The database role ${row.role} may change and drop the tables` : undefined;
}
