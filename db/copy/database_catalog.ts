import type { Querier } from "../db.ts";

/** A column whose values are copied: all but the generated ones, which the target computes itself. */
export interface CopiedColumn {
  /** As it stands in SQL, quoted where it has to be. */
  readonly name: string;
  /** With its length, precision and the like, as it stands in SQL. */
  readonly type: string;
}

/** A table whose rows are copied: an ordinary one, or a partition. */
export interface CopiedTable {
  /** With its schema, as it stands in SQL. */
  readonly name: string;
  /** In order of their names, whichever order they were added in. */
  readonly columns: readonly CopiedColumn[];
  /** Its primary key; empty where it has none. */
  readonly key: readonly CopiedColumn[];
}

/** What may be in the way of rows: a foreign key, or a constraint that rows from before it need not meet. */
export interface CopiedConstraint {
  readonly table: string;
  readonly name: string;
  readonly definition: string;
  readonly enforced: boolean;
  /** Whether every row meets it. */
  readonly validated: boolean;
}

/** What a database has besides rows that copying has to see to. Names stand as they do in SQL. */
export interface DatabaseCatalog {
  readonly tables: readonly CopiedTable[];
  readonly sequences: readonly string[];
  readonly constraints: readonly CopiedConstraint[];
  /** `mode` as in `pg_trigger.tgenabled`. */
  readonly triggers: readonly { readonly table: string; readonly name: string; readonly mode: string }[];
  /** Tables whose row-level security holds for their owner too. */
  readonly forcedSecurity: readonly string[];
  /** Those that are filled, in the order they were made. */
  readonly materializedViews: readonly string[];
}

/** The record of a copy is about the database and not part of it. */
const RECORDS = "('archway_copy', 'archway_copy_tables')";

/** What belongs to the system, to other sessions or to an extension is not the user's. */
const OURS = `nspname !~ '^pg_' AND nspname <> 'information_schema' AND relpersistence <> 't'
  AND relname NOT IN ${RECORDS}
  AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_class'::regclass AND objid = c.oid AND deptype = 'e')`;

const FROM_CLASS = "FROM pg_class AS c JOIN pg_namespace AS s ON s.oid = relnamespace";

const COLUMN = "jsonb_build_object('name', quote_ident(attname), 'type', format_type(atttypid, atttypmod))";

const TABLES = `SELECT format('%I.%I', nspname, relname) AS name,
    coalesce((SELECT jsonb_agg(${COLUMN} ORDER BY attname COLLATE "C") FROM pg_attribute
      WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped AND attgenerated = ''), '[]') AS columns,
    coalesce((SELECT jsonb_agg(${COLUMN} ORDER BY place)
      FROM pg_constraint CROSS JOIN unnest(conkey) WITH ORDINALITY AS k (number, place)
      JOIN pg_attribute ON attrelid = conrelid AND attnum = number
      WHERE conrelid = c.oid AND contype = 'p'), '[]') AS key
  ${FROM_CLASS} WHERE ${OURS} AND relkind = 'r' ORDER BY nspname COLLATE "C", relname COLLATE "C"`;

const SEQUENCES = `SELECT format('%I.%I', nspname, relname) AS name ${FROM_CLASS}
  WHERE ${OURS} AND relkind = 'S' ORDER BY nspname COLLATE "C", relname COLLATE "C"`;

// A constraint of a partition follows that of its parent.
const CONSTRAINTS = `SELECT format('%I.%I', nspname, relname) AS table, quote_ident(conname) AS name,
    pg_get_constraintdef(k.oid) AS definition, conenforced AS enforced, convalidated AS validated
  ${FROM_CLASS} JOIN pg_constraint AS k ON conrelid = c.oid
  WHERE ${OURS} AND conparentid = 0 AND coninhcount = 0
    AND (contype = 'f' OR contype IN ('c', 'n') AND NOT convalidated)
  ORDER BY nspname COLLATE "C", relname COLLATE "C", conname COLLATE "C"`;

// Parents before their partitions, which follow them unless they are told otherwise.
const TRIGGERS =
  `SELECT format('%I.%I', nspname, relname) AS table, quote_ident(tgname) AS name, tgenabled::text AS mode
  ${FROM_CLASS} JOIN pg_trigger ON tgrelid = c.oid
  WHERE ${OURS} AND relkind IN ('r', 'p') AND NOT tgisinternal
  ORDER BY relispartition, nspname COLLATE "C", relname COLLATE "C", tgname COLLATE "C"`;

const FORCED_SECURITY = `SELECT format('%I.%I', nspname, relname) AS name ${FROM_CLASS}
  WHERE ${OURS} AND relforcerowsecurity ORDER BY 1`;

const MATERIALIZED_VIEWS = `SELECT format('%I.%I', nspname, relname) AS name ${FROM_CLASS}
  WHERE ${OURS} AND relkind = 'm' AND relispopulated ORDER BY c.oid`;

/** Reads the catalog of PostgreSQL 18 or later. */
export async function readCatalog(querier: Querier): Promise<DatabaseCatalog> {
  const names = async (sql: string): Promise<readonly string[]> =>
    (await querier.query<{ name: string }>(sql)).rows.map(({ name }) => name);
  return {
    tables: (await querier.query<CopiedTable>(TABLES)).rows,
    sequences: await names(SEQUENCES),
    constraints: (await querier.query<CopiedConstraint>(CONSTRAINTS)).rows,
    triggers: (await querier.query<DatabaseCatalog["triggers"][number]>(TRIGGERS)).rows,
    forcedSecurity: await names(FORCED_SECURITY),
    materializedViews: await names(MATERIALIZED_VIEWS),
  };
}
