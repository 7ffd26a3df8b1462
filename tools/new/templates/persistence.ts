import { propertiesOf } from "../field.ts";
import { columnsOf, comparedSql, constraintsOf, filterValueSql, isFilter } from "../field_sql.ts";
import type { NewService } from "../new_service.ts";

/** Returns the repository of a service. */
export function repositoryText({ names, fields, isOwned }: NewService): string {
  const { singular, plural } = names;
  const Type = singular.pascal;
  const filters = fields.filter(isFilter);
  const properties = fields.flatMap(propertiesOf).map((property) => JSON.stringify(property));
  const conditions = filters.map((field) => {
    const value = `filter.${field.name.camel}`;
    const placeholder = filterValueSql(field, `\${list.bind(${value})}`);
    return `    if (${value} !== undefined) list.where(\`${comparedSql(field)} = ${placeholder}\`);\n`;
  });
  const used = [...(isOwned ? ["scope"] : []), ...(filters.length > 0 ? ["filter"] : []), "page"].join(", ");
  return `import type { Querier, QueryOptions } from "@archway/db/db.ts";
import { ListSql, readPage } from "@archway/service_kit/list_sql.ts";
import type { ListRequest, Page } from "@archway/service_kit/page.ts";
import { selectList } from "@archway/service_kit/select_list.ts";
import { VersionedTable } from "@archway/service_kit/versioned_table.ts";
import type { ${Type}, ${Type}Input } from "../domain/${singular.snake}.ts";
import type { ${Type}Filter, ${Type}Repository } from "../ports.ts";

/** Properties that clients write. */
const INPUT = [${properties.join(", ")}] as const satisfies readonly (keyof ${Type}Input)[];

/** Properties of ${names.one} that are columns of its table. */
const COLUMNS = ["id", ...INPUT, "version", "createdAt", "updatedAt"] as const satisfies readonly (keyof ${Type})[];

const SELECTED = selectList<${Type}>(COLUMNS);

/** Stores ${plural.words} in PostgreSQL. */
export class Postgres${Type}Repository extends VersionedTable<${Type}, ${Type}Input> implements ${Type}Repository {
  constructor() {
    super({ name: "${plural.snake}", columns: COLUMNS, input: INPUT });
  }

  list(
    db: Querier,
    { ${used} }: ListRequest<${Type}Filter>,
    options?: QueryOptions,
  ): Promise<Page<${Type}>> {
    const list = new ListSql({ columns: SELECTED, from: "${plural.snake}" });
    list.where("deleted_at is null")${isOwned ? ".ownedBy(scope)" : ""};
${conditions.join("")}    return readPage<${Type}>(db, list, { page, options });
  }
}
`;
}

/** Returns the migration that creates the table of a service. */
export function migrationText({ names, fields, isOwned }: NewService): string {
  const { plural } = names;
  const table = plural.snake;
  const lines = [
    "id uuid primary key",
    ...fields.flatMap(columnsOf),
    "version bigint not null default 1",
    "created_at timestamptz not null",
    "updated_at timestamptz not null",
    "deleted_at timestamptz",
    ...(isOwned ? ["owner text"] : []),
    ...fields.flatMap((field) => constraintsOf(field, table)),
    `constraint ${table}_version_positive check (version > 0)`,
  ];
  const indexes = fields.filter(isFilter).map((field) => {
    const { snake } = field.name;
    const isKnown = field.isOptional ? ` and ${snake} is not null` : "";
    const compared = comparedSql(field);
    return `create index ${table}_by_${snake} on ${table} (${compared}, created_at desc, id desc)
  where deleted_at is null${isKnown};
`;
  });
  return `-- migrate:up

-- Deletion sets deleted_at. The row remains for what refers to it, with all its data: if some of them are personal, erase
-- them after a retention period.${
    isOwned ? " The owner is the subject of the token; null if authentication was off." : ""
  }
create table ${table} (
${lines.map((line) => `  ${line}`).join(",\n")}
);

-- The order of the list, for ${plural.words} that are not deleted.
create index ${table}_newest_first on ${table} (created_at desc, id desc) where deleted_at is null;
${
    isOwned
      ? `
-- The same, for the ${plural.words} of one owner.
create index ${table}_by_owner on ${table} (owner, created_at desc, id desc)
  where deleted_at is null and owner is not null;
`
      : ""
  }${
    indexes.length > 0
      ? `
-- Filters of the list. Each index makes writes slower: drop those that clients of ${plural.words} do not need.
${indexes.join("")}`
      : ""
  }
-- migrate:down

drop table ${table};
`;
}
