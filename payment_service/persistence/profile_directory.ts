import type { Querier } from "@archway/db/db.ts";
import type { ResourceKey } from "@archway/service_kit/access_scope.ts";
import { andOwned, scopedStatement, statementFor } from "@archway/service_kit/scoped_statement.ts";
import type { ProfileDirectory } from "../ports.ts";

const FIND_ACTIVE = scopedStatement(
  (owner) => `select from published_profiles where id = $1 and deleted_at is null${andOwned(owner)}`,
  1,
);

/** Reads the view of profiles that their service publishes in the same database. */
export class PostgresProfileDirectory implements ProfileDirectory {
  async isActive(db: Querier, { id, scope }: ResourceKey): Promise<boolean> {
    return (await db.query(...statementFor(FIND_ACTIVE, scope, [id]))).rowCount > 0;
  }
}

/** Condition that a column holds the id of a profile of the owner's, deleted or not. */
export function isOwned(profileId: string, owner: string): string {
  return `exists (
    select from published_profiles as profile where profile.id = ${profileId} and profile.owner = ${owner})`;
}
