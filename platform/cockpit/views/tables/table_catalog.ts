import type { Querier } from "@archway/db/db.ts";

/** Table or view of the database. */
export interface TableEntry {
  readonly oid: bigint;
  readonly schema: string;
  readonly name: string;
  readonly kind: "table" | "partitioned table" | "view" | "materialized view" | "foreign table";
  /** Size with indexes; 0 for a view. */
  readonly bytes: bigint;
}

/** Column of a table. */
export interface TableColumn {
  readonly name: string;
  /** As SQL writes it, such as "character varying(100)". */
  readonly type: string;
  readonly isRequired: boolean;
  /** Expression of the default or of a generated column. */
  readonly default: string | null;
  readonly comment: string | null;
}

/** Foreign key, in either direction. */
export interface ForeignKey {
  readonly from: TableName;
  readonly columns: readonly string[];
  readonly to: TableName;
  readonly targets: readonly string[];
}

/** Name of a table with its schema. */
export interface TableName {
  readonly schema: string;
  readonly name: string;
}

/** Table with its columns and keys. */
export interface TableDescription extends TableEntry {
  readonly columns: readonly TableColumn[];
  /** Columns by which its rows have an order; empty if it has no key. */
  readonly key: readonly string[];
  readonly foreignKeys: readonly ForeignKey[];
  /** Foreign keys of tables that refer to it. */
  readonly referrers: readonly ForeignKey[];
}

const TABLES = `select c.oid::int8 as oid, n.nspname::text as schema, c.relname::text as name,
    case c.relkind when 'r' then 'table' when 'p' then 'partitioned table' when 'v' then 'view'
      when 'm' then 'materialized view' else 'foreign table' end as kind,
    case when c.relkind in ('r', 'm') then pg_total_relation_size(c.oid) else 0 end as bytes
  from pg_catalog.pg_class as c join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p', 'v', 'm', 'f') and n.nspname <> 'information_schema' and n.nspname !~ '^pg_'
    and has_schema_privilege(n.oid, 'usage') and has_table_privilege(c.oid, 'select')
  order by n.nspname, c.relname`;

const COLUMNS = `select a.attname::text as name, format_type(a.atttypid, a.atttypmod) as type,
    a.attnotnull as "isRequired", pg_get_expr(d.adbin, d.adrelid) as default,
    col_description(a.attrelid, a.attnum) as comment
  from pg_catalog.pg_attribute as a
  left join pg_catalog.pg_attrdef as d on d.adrelid = a.attrelid and d.adnum = a.attnum
  where a.attrelid = $1::int8::oid and a.attnum > 0 and not a.attisdropped
  order by a.attnum`;

// The primary key, or the shortest other unique key whose columns cannot be null.
const KEY = `select array_agg(a.attname::text order by k.place) as columns
  from pg_catalog.pg_index as i
  cross join lateral unnest(i.indkey::int2[]) with ordinality as k (number, place)
  join pg_catalog.pg_attribute as a on a.attrelid = i.indrelid and a.attnum = k.number
  where i.indrelid = $1::int8::oid and i.indisunique and i.indisvalid and i.indpred is null and i.indexprs is null
    and k.place <= i.indnkeyatts
  group by i.indexrelid, i.indisprimary
  having bool_and(a.attnotnull)
  order by i.indisprimary desc, count(*) limit 1`;

const FOREIGN_KEYS = `select fn.nspname::text as from_schema, f.relname::text as from_name,
    tn.nspname::text as to_schema, t.relname::text as to_name,
    (select array_agg(a.attname::text order by k.place)
      from unnest(c.conkey) with ordinality as k (number, place)
      join pg_catalog.pg_attribute as a on a.attrelid = c.conrelid and a.attnum = k.number) as columns,
    (select array_agg(a.attname::text order by k.place)
      from unnest(c.confkey) with ordinality as k (number, place)
      join pg_catalog.pg_attribute as a on a.attrelid = c.confrelid and a.attnum = k.number) as targets,
    c.conrelid = $1::int8::oid as is_own, c.confrelid = $1::int8::oid as is_referrer
  from pg_catalog.pg_constraint as c
  join pg_catalog.pg_class as f on f.oid = c.conrelid
  join pg_catalog.pg_namespace as fn on fn.oid = f.relnamespace
  join pg_catalog.pg_class as t on t.oid = c.confrelid
  join pg_catalog.pg_namespace as tn on tn.oid = t.relnamespace
  where c.contype = 'f' and c.conparentid = 0 and (c.conrelid = $1::int8::oid or c.confrelid = $1::int8::oid)
  order by f.relname, c.conname`;

interface ForeignKeyRow {
  readonly from_schema: string;
  readonly from_name: string;
  readonly to_schema: string;
  readonly to_name: string;
  readonly columns: readonly string[];
  readonly targets: readonly string[];
  readonly is_own: boolean;
  readonly is_referrer: boolean;
}

/** Returns the tables and views that the program may read, without those of PostgreSQL itself. */
export async function listTables(db: Querier): Promise<readonly TableEntry[]> {
  return (await db.query<TableEntry>(TABLES)).rows;
}

/** Returns the columns and keys of a table. */
export async function describeTable(db: Querier, table: TableEntry): Promise<TableDescription> {
  const { rows: columns } = await db.query<TableColumn>(COLUMNS, [table.oid]);
  const { rows: [key] } = await db.query<{ readonly columns: readonly string[] }>(KEY, [table.oid]);
  const { rows: foreignKeys } = await db.query<ForeignKeyRow>(FOREIGN_KEYS, [table.oid]);
  return {
    ...table,
    columns,
    key: key?.columns ?? [],
    foreignKeys: foreignKeys.filter(({ is_own }) => is_own).map(foreignKeyOf),
    referrers: foreignKeys.filter(({ is_referrer }) => is_referrer).map(foreignKeyOf),
  };
}

function foreignKeyOf(row: ForeignKeyRow): ForeignKey {
  const { from_schema, from_name, to_schema, to_name, columns, targets } = row;
  return {
    from: { schema: from_schema, name: from_name },
    columns,
    to: { schema: to_schema, name: to_name },
    targets,
  };
}
