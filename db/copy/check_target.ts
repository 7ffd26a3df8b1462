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
 * Refuses a target that could not take a copy.
 *
 * @throws {CopyError} saying why.
 */
export async function checkTarget(source: Querier, target: Querier): Promise<void> {
  const from = await readServer(source);
  const to = await readServer(target);
  const reason = refusal(from, to);
  if (reason !== undefined) throw new CopyError(reason);
  const { rowCount } = await source.query("SELECT FROM pg_largeobject_metadata LIMIT 1");
  if (rowCount > 0) throw new CopyError("The embedded database has large objects, which are not copied");
}

function refusal(from: Server, to: Server): string | undefined {
  if (to.embedded) return "The target is an embedded database: name a PostgreSQL server";
  const [has, needs] = [Math.floor(to.version / 10_000), Math.floor(from.version / 10_000)];
  if (has < needs) return `The target is PostgreSQL ${has}, and ${needs} or later is needed`;
  if (to.standby) return "The target is a standby, which takes no writes: name the primary";
  if (to.encoding !== "UTF8") return `The target's encoding is ${to.encoding}, and UTF8 is needed`;
  if (to.schema === null) return `The target has no schema that ${to.user} may use`;
  if (to.mayCreate) return undefined;
  return `The user ${to.user} may not make tables in the schema ${to.schema} of the target: GRANT CREATE ON SCHEMA ` +
    `${to.schema} TO ${to.user}, or make it the database's owner`;
}

async function readServer(querier: Querier): Promise<Server> {
  const { rows: [server] } = await querier.query<Server>(SERVER);
  if (server === undefined) throw new CopyError("The server does not tell what it is");
  return server;
}
