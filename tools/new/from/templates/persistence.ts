import { columnName } from "@archway/service_kit/select_list.ts";
import type { Collection, Column } from "../collection.ts";
import { filteredColumns, hasKeyColumn, isNullable, listStyles } from "./code.ts";

const SQL_TYPES = {
  bigint: "bigint",
  boolean: "boolean",
  date: "date",
  integer: "integer",
  json: "jsonb",
  number: "double precision",
  text: "text",
  timestamp: "timestamptz",
  uuid: "uuid",
} as const;

/** Returns the repository of a resource. */
export function repositoryText(collection: Collection): string {
  const { names: { singular, plural }, columns, key, isOwned } = collection;
  const Type = singular.pascal;
  const { cursor, offset } = listStyles(collection);
  const json = columns.filter(({ type }) => type.kind === "json").map(({ name }) => name);
  const ownKey = hasKeyColumn(collection);
  const isNamed = key.namedBy !== "server";
  const unique = ownKey ? `${plural.snake}_key_unique` : `${plural.snake}_pkey`;
  const makesNumbers = key.kind === "bigint" && key.namedBy !== "client";
  const hasLists = cursor || offset;
  const filters = filteredColumns(collection).map((column) => {
    const value = `filter.${column.name}`;
    return `    if (${value} !== undefined) list.where(\`${
      columnName(column.name)
    } = any(\${list.bind(${value})}::${SQL_TYPES[column.type.kind]}[])\`);\n`;
  });
  const from = `    const list = new ListSql({ columns: SELECTED, from: "${plural.snake}" });
    list.where("deleted_at is null")${isOwned ? ".ownedBy(scope)" : ""};
${filters.join("")}    return list;`;
  const used = [...(isOwned ? ["scope"] : []), ...(filters.length > 0 ? ["filter"] : [])];
  const parameter = used.length === 0
    ? ""
    : `{ ${used.join(", ")} }: Pick<${offset ? `${Type}RangeRequest` : `ListRequest<${Type}Filter>`}, ${
      used.map((name) => JSON.stringify(name)).join(" | ")
    }>`;
  const call = used.length === 0 ? "this.#list()" : "this.#list(request)";
  const methods = [
    ...(offset
      ? [`  range(
    db: Querier,
    request: ${Type}RangeRequest,
    options?: QueryOptions,
  ): Promise<OffsetPage<${Type}>> {
    const { range, isCounted } = request;
    return readRange<${Type}>(db, ${call}, { range, isCounted, options });
  }`]
      : []),
    ...(cursor
      ? [`  list(
    db: Querier,
    request: ListRequest<${Type}Filter>,
    options?: QueryOptions,
  ): Promise<Page<${Type}>> {
    const { page } = request;
    return readPage<${Type}>(db, ${call}, { page, options });
  }`]
      : []),
    ...(makesNumbers
      ? [`  async nextKey(db: Querier, options?: QueryOptions): Promise<bigint> {
    // Numbers that clients chose are skipped.
    while (true) {
      const { rows: [row] } = await db.query<{ readonly key: bigint; readonly taken: boolean }>(
        \`select next.key, exists (select from ${plural.snake} as known where known.key = next.key) as taken
        from (select nextval('${plural.snake}_keys') as key) as next\`,
        [],
        options,
      );
      if (row !== undefined && !row.taken) return row.key;
    }
  }`]
      : []),
    ...(hasLists ? [`  #list(${parameter}): ListSql {\n${from}\n  }`] : []),
  ];
  const ports = [
    ...(cursor ? [`${Type}Filter`] : []),
    ...(offset ? [`${Type}RangeRequest`] : []),
    `${Type}Repository`,
  ];
  const listImports = [...(hasLists ? ["ListSql"] : []), ...(cursor ? ["readPage"] : [])];
  const imports = [
    ...(hasLists || makesNumbers ? ['import type { Querier, QueryOptions } from "@archway/db/db.ts";'] : []),
    ...(hasLists ? [`import { ${listImports.join(", ")} } from "@archway/service_kit/list_sql.ts";`] : []),
    ...(offset ? ['import { type OffsetPage, readRange } from "@archway/service_kit/offset_page.ts";'] : []),
    ...(cursor ? ['import type { ListRequest, Page } from "@archway/service_kit/page.ts";'] : []),
    ...(hasLists ? ['import { selectList } from "@archway/service_kit/select_list.ts";'] : []),
    'import { VersionedTable } from "@archway/service_kit/versioned_table.ts";',
    `import type { ${Type}, ${Type}Input } from "../domain/${singular.snake}.ts";`,
    `import type { ${ports.join(", ")} } from "../ports/${singular.snake}_repository.ts";`,
  ];
  const jsonType = json.length === 0 ? "" : `, ${json.map((name) => JSON.stringify(name)).join(" | ")}`;
  const table = [
    `name: "${plural.snake}"`,
    "columns: COLUMNS",
    "input: INPUT",
    ...(ownKey ? ['key: "key"'] : []),
    ...(json.length > 0 ? [`json: [${json.map((name) => JSON.stringify(name)).join(", ")}]`] : []),
    ...(isNamed ? [`unique: { ${unique}: "${singular.kebab}-exists" }`] : []),
  ];
  return `${imports.join("\n")}

/** Properties that clients write. */
const INPUT = [${
    columns.map(({ name }) => JSON.stringify(name)).join(", ")
  }] as const satisfies readonly (keyof ${Type}Input)[];

/** Properties that are columns of the table. */
const COLUMNS = ["id", ${
    ownKey ? '"key", ' : ""
  }...INPUT, "version", "createdAt", "updatedAt"] as const satisfies readonly (keyof ${Type})[];
${hasLists ? `\nconst SELECTED = selectList<${Type}>(COLUMNS);\n` : ""}
/** Stores ${plural.words} in PostgreSQL. */
export class Postgres${Type}Repository extends VersionedTable<${Type}, ${Type}Input${jsonType}> implements ${Type}Repository {
  constructor() {
    super({ ${table.join(", ")} });
  }
${methods.length > 0 ? `\n${methods.join("\n\n")}\n` : ""}}
`;
}

/** Returns the migration that creates the table of a resource. */
export function migrationText(collection: Collection): string {
  const { names: { plural }, columns, key, isOwned } = collection;
  const table = plural.snake;
  const ownKey = hasKeyColumn(collection);
  const makesNumbers = key.kind === "bigint" && key.namedBy !== "client";
  const lines = [
    "id uuid primary key",
    ...(ownKey ? [`key ${key.kind} not null`] : []),
    ...columns.map(columnText),
    "version bigint not null default 1",
    "created_at timestamptz not null",
    "updated_at timestamptz not null",
    "deleted_at timestamptz",
    ...(isOwned ? ["owner text"] : []),
    ...columns.flatMap((column) => checkText(column, table)),
    ...(ownKey ? [`constraint ${table}_key_unique unique (key)`] : []),
    `constraint ${table}_version_positive check (version > 0)`,
  ];
  const indexes = filteredColumns(collection).filter(({ type }) =>
    type.kind !== "text" || type.values !== undefined
  )
    .map(({ name }) =>
      `create index ${table}_by_${columnName(name)} on ${table} (${
        columnName(name)
      }, created_at desc, id desc)
  where deleted_at is null;\n`
    );
  return `-- migrate:up

-- Deletion sets deleted_at. The row remains for what refers to it, with all its data: if some of them are personal, erase
-- them after a retention period.${ownKey ? " Its key stays taken." : ""}
create table ${table} (
${lines.map((line) => `  ${line}`).join(",\n")}
);
${
    makesNumbers
      ? `\n-- Keys that the server makes.\ncreate sequence ${table}_keys as bigint owned by ${table}.key;\n`
      : ""
  }
-- The order of the list.
create index ${table}_newest_first on ${table} (created_at desc, id desc) where deleted_at is null;
${
    isOwned
      ? `
-- The same, for the rows of one owner.
create index ${table}_by_owner on ${table} (owner, created_at desc, id desc)
  where deleted_at is null and owner is not null;
`
      : ""
  }${
    indexes.length > 0
      ? `\n-- Filters of the list. Each index makes writes slower: drop those that clients do not need.\n${
        indexes.join("")
      }`
      : ""
  }
-- migrate:down

drop table ${table};
`;
}

function columnText(column: Column): string {
  return `${columnName(column.name)} ${SQL_TYPES[column.type.kind]}${isNullable(column) ? "" : " not null"}`;
}

/** Returns the constraint of an enumeration. The document may get further values; a migration then replaces it. */
function checkText({ name, type: { values } }: Column, table: string): readonly string[] {
  if (values === undefined) return [];
  const list = values.map((value) => typeof value === "number" ? value : `'${value.replaceAll("'", "''")}'`);
  return [
    `constraint ${`${table}_${columnName(name)}`.slice(0, 57)}_known check (${columnName(name)} in (${
      list.join(", ")
    }))`,
  ];
}
