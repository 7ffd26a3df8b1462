/** Version of PGlite in deno.json that the snapshot was made for. */
export const pgliteVersion = "0.5.16";

/** Major version of PostgreSQL in that PGlite, as in a data directory's `PG_VERSION`. */
export const postgresMajor = "18";
