import type { Querier } from "../db.ts";

/** Column whose values are copied. Generated columns are not: the target computes them. */
export interface CopiedColumn {
  /** As written in SQL, quoted where necessary. */
  readonly name: string;
  /** As written in SQL, with length, precision and so on. */
  readonly type: string;
}

/** Table whose rows are copied: an ordinary table or a partition. */
export interface CopiedTable {
  /** As written in SQL, with its schema. */
  readonly name: string;
  /** Sorted by name, since the order of creation may differ. */
  readonly columns: readonly CopiedColumn[];
  /** Primary key; empty if it has none. */
  readonly key: readonly CopiedColumn[];
}

/** Constraint that may reject copied rows: a foreign key, or one that is not validated. */
export interface CopiedConstraint {
  readonly table: string;
  readonly name: string;
  readonly definition: string;
  readonly enforced: boolean;
  /** Whether all rows are known to satisfy it. */
  readonly validated: boolean;
}

/** Objects of a database that a copy has to handle besides rows. Names are as written in SQL. */
export interface DatabaseCatalog {
  readonly tables: readonly CopiedTable[];
  readonly sequences: readonly string[];
  readonly constraints: readonly CopiedConstraint[];
  /** `mode` as in `pg_trigger.tgenabled`. */
  readonly triggers: readonly { readonly table: string; readonly name: string; readonly mode: string }[];
  /** Tables whose row-level security also applies to their owner. */
  readonly forcedSecurity: readonly string[];
  /** Populated ones, in order of creation. */
  readonly materializedViews: readonly string[];
}

/** Tables of the copy's own record, which is not part of the database. */
const RECORDS = "('archway_copy', 'archway_copy_tables')";

/** Excludes objects of the system, of other sessions and of extensions. */
const USER_OBJECTS = `nspname !~ '^pg_' AND nspname <> 'information_schema' AND relpersistence <> 't'
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
  ${FROM_CLASS} WHERE ${USER_OBJECTS} AND relkind = 'r' ORDER BY nspname COLLATE "C", relname COLLATE "C"`;

const SEQUENCES = `SELECT format('%I.%I', nspname, relname) AS name ${FROM_CLASS}
  WHERE ${USER_OBJECTS} AND relkind = 'S' ORDER BY nspname COLLATE "C", relname COLLATE "C"`;

// Constraints of a partition follow those of its parent.
const CONSTRAINTS = `SELECT format('%I.%I', nspname, relname) AS table, quote_ident(conname) AS name,
    pg_get_constraintdef(k.oid) AS definition, conenforced AS enforced, convalidated AS validated
  ${FROM_CLASS} JOIN pg_constraint AS k ON conrelid = c.oid
  WHERE ${USER_OBJECTS} AND conparentid = 0 AND coninhcount = 0
    AND (contype = 'f' OR contype IN ('c', 'n') AND NOT convalidated)
  ORDER BY nspname COLLATE "C", relname COLLATE "C", conname COLLATE "C"`;

// Parents before their partitions, which inherit changes made to the parent.
const TRIGGERS =
  `SELECT format('%I.%I', nspname, relname) AS table, quote_ident(tgname) AS name, tgenabled::text AS mode
  ${FROM_CLASS} JOIN pg_trigger ON tgrelid = c.oid
  WHERE ${USER_OBJECTS} AND relkind IN ('r', 'p') AND NOT tgisinternal
  ORDER BY relispartition, nspname COLLATE "C", relname COLLATE "C", tgname COLLATE "C"`;

const FORCED_SECURITY = `SELECT format('%I.%I', nspname, relname) AS name ${FROM_CLASS}
  WHERE ${USER_OBJECTS} AND relforcerowsecurity ORDER BY 1`;

const MATERIALIZED_VIEWS = `SELECT format('%I.%I', nspname, relname) AS name ${FROM_CLASS}
  WHERE ${USER_OBJECTS} AND relkind = 'm' AND relispopulated ORDER BY c.oid`;

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
