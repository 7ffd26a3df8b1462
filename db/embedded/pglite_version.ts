/** The version of PGlite in deno.json, for which the snapshot was made. */
export const pgliteVersion = "0.5.16";

/** The major version of PostgreSQL that it is, as it stands in a data directory's `PG_VERSION`. */
export const postgresMajor = "18";
