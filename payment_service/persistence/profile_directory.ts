import type { Querier } from "@archway/db/db.ts";
import type { ResourceKey } from "@archway/service_kit/access_scope.ts";
import { andOwned, scopedStatement, statementFor } from "@archway/service_kit/scoped_statement.ts";
import type { ProfileDirectory } from "../ports.ts";

const FIND_ACTIVE = scopedStatement(
  (owner) => `select from published_profiles where id = $1 and deleted_at is null${andOwned(owner)}`,
  1,
);

/** Reads profiles through the view that the profile service publishes in the same database. */
export class PostgresProfileDirectory implements ProfileDirectory {
  async isActive(db: Querier, { id, scope }: ResourceKey): Promise<boolean> {
    return (await db.query(...statementFor(FIND_ACTIVE, scope, [id]))).rowCount > 0;
  }
}

/** Returns the condition that a column refers to a profile of the owner, deleted or not. */
export function isOwned(profileId: string, owner: string): string {
  return `exists (
    select from published_profiles as profile where profile.id = ${profileId} and profile.owner = ${owner})`;
}
