import { DatabaseError } from "../../errors.ts";

/** Properties of a session that the program depends on. */
export interface ServerState {
  /** As in `server_version_num`: 180004 is 18.4. */
  readonly version: number;
  /** Encoding of the database, such as "UTF8". */
  readonly encoding: string;
}

/** Error of a server that responds and cannot be used as it is. */
export class UnsuitableServerError extends DatabaseError {
  /** @param reason Sentence for operators that says what is needed. */
  constructor(readonly reason: string) {
    super("unavailable", "The database cannot be used", { cause: new Error(reason) });
  }
}

/** Oldest major version that the program is tested with. */
const minMajor = 18;

/**
 * Checks the version of a server and the encoding of its database.
 *
 * @throws {UnsuitableServerError}
 */
export function checkServer({ version, encoding }: ServerState): void {
  const major = Math.floor(version / 10_000);
  if (major < minMajor) {
    throw new UnsuitableServerError(
      `PostgreSQL ${minMajor} or later is required, and the server is ${major}.${version % 10_000}`,
    );
  }
  if (encoding !== "UTF8") {
    throw new UnsuitableServerError(
      `A database with encoding UTF8 is required, and this one has ${encoding}: ` +
        "create it with ENCODING 'UTF8' TEMPLATE template0",
    );
  }
}
