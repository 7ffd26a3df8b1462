import type { Querier } from "../db.ts";
import { CopyError } from "./copy_error.ts";

interface Server {
  /** As in `server_version_num`: 180004 is 18.4. */
  readonly version: number;
  readonly embedded: boolean;
  readonly encoding: string;
  readonly standby: boolean;
  readonly schema: string | null;
  readonly mayCreate: boolean;
  readonly user: string;
}

const SERVER =
  `SELECT current_setting('server_version_num')::int4 AS version, version() ~ 'PGlite' AS embedded,
  current_setting('server_encoding') AS encoding, pg_is_in_recovery() AS standby, current_schema() AS schema,
  coalesce(has_schema_privilege(current_schema(), 'CREATE'), false) AS "mayCreate", current_user::text AS user`;

/**
 * Checks that a target can take a copy.
 *
 * @throws {CopyError} with the reason if it cannot.
 */
export async function checkTarget(source: Querier, target: Querier): Promise<void> {
  const from = await readServer(source);
  const to = await readServer(target);
  const reason = refusal(from, to);
  if (reason !== undefined) throw new CopyError(reason);
  const { rowCount } = await source.query("SELECT FROM pg_largeobject_metadata LIMIT 1");
  if (rowCount > 0) throw new CopyError("The embedded database has large objects, which cannot be copied");
}

function refusal(from: Server, to: Server): string | undefined {
  if (to.embedded) return "The target is an embedded database: specify a PostgreSQL server";
  const [has, needs] = [Math.floor(to.version / 10_000), Math.floor(from.version / 10_000)];
  if (has < needs) return `The target is PostgreSQL ${has}, but ${needs} or later is required`;
  if (to.standby) return "The target is a read-only standby: specify the primary";
  if (to.encoding !== "UTF8") return `The target's encoding is ${to.encoding}, but UTF8 is required`;
  if (to.schema === null) return `The target has no schema that the user ${to.user} can access`;
  if (to.schema !== from.schema) {
    return `The user ${to.user} creates tables in the schema ${to.schema} of the target, but those of the embedded ` +
      `database are in ${from.schema}: set the search_path of this user to ${from.schema} for the copy, by ALTER ROLE ` +
      `or by ?options=-csearch_path%3D${from.schema} in the URL`;
  }
  if (to.mayCreate) return undefined;
  return `The user ${to.user} cannot create tables in the schema ${to.schema} of the target: GRANT CREATE ON SCHEMA ` +
    `${to.schema} TO ${to.user}, or make it the database's owner`;
}

async function readServer(querier: Querier): Promise<Server> {
  const { rows: [server] } = await querier.query<Server>(SERVER);
  if (server === undefined) throw new CopyError("The server returned no information about itself");
  return server;
}
