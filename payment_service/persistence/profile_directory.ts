import type { Querier } from "@archway/db/db.ts";
import type { Key, ProfileDirectory } from "../ports.ts";
import { andOwned, forViewer, viewedStatement } from "@archway/service_kit/ownership/viewed_statement.ts";

const LIVING = viewedStatement(
  (owner) => `select from published_profiles where id = $1 and deleted_at is null${andOwned(owner)}`,
  1,
);

/** Reads the view of profiles that their service publishes in the same database. */
export class PostgresProfileDirectory implements ProfileDirectory {
  async isLiving(db: Querier, { id, viewer }: Key): Promise<boolean> {
    const { rowCount } = await db.query(...forViewer(LIVING, viewer, [id]));
    return rowCount > 0;
  }
}
