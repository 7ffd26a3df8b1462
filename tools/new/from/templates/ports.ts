import type { Collection } from "../collection.ts";
import { filteredColumns, filterType, hasKeyColumn, listStyles } from "./code.ts";

/** Returns the port of a resource's repository. */
export function portText(collection: Collection): string {
  const { names: { singular, plural }, key } = collection;
  const Type = singular.pascal;
  const { cursor, offset } = listStyles(collection);
  const filtered = filteredColumns(collection);
  const filters = filtered.map((column) =>
    `  readonly ${column.name}?: readonly ${filterType(column)}[] | undefined;\n`
  );
  const makesNumbers = hasKeyColumn(collection) && key.kind === "bigint" && key.namedBy !== "client";
  const hasLists = cursor || offset;
  const lists = [
    ...(offset
      ? [`  /** Lists ${plural.words}, newest first, by their position. */
  range(db: Querier, request: ${Type}RangeRequest, options?: QueryOptions): Promise<OffsetPage<${Type}>>;\n`]
      : []),
    ...(cursor
      ? [`  /** Lists ${plural.words}, newest first, by cursor. */
  list(db: Querier, request: ListRequest<${Type}Filter>, options?: QueryOptions): Promise<Page<${Type}>>;\n`]
      : []),
    ...(makesNumbers
      ? [`  /** Returns a number that is no key yet. */
  nextKey(db: Querier, options?: QueryOptions): Promise<bigint>;\n`]
      : []),
  ];
  const imports = [
    `import type { ConnectionManager${
      hasLists || makesNumbers ? ", Querier, QueryOptions" : ""
    } } from "@archway/db/db.ts";`,
    'import type { Timestamp } from "@archway/db/timestamp.ts";',
    ...(offset ? ['import type { AccessScope } from "@archway/service_kit/access_scope.ts";'] : []),
    'import type { VersionedRepository } from "@archway/service_kit/conditional_writer.ts";',
    ...(offset
      ? ['import type { OffsetPage, OffsetRange } from "@archway/service_kit/offset_page.ts";']
      : []),
    ...(cursor ? ['import type { ListRequest, Page } from "@archway/service_kit/page.ts";'] : []),
    `import type { ${Type}, ${Type}Input } from "../domain/${singular.snake}.ts";`,
  ];
  const filterText = !hasLists
    ? ""
    : filters.length === 0
    ? `/** Filters of a list of ${plural.words}: none. */
export type ${Type}Filter = Readonly<Record<string, never>>;\n\n`
    : `/** Filters of a list of ${plural.words}: the values that each property may have; an undefined one does not filter. */
export interface ${Type}Filter {
${filters.join("")}}\n\n`;
  const rangeType = offset
    ? `/** Request for a part of a list of ${plural.words}. */
export interface ${Type}RangeRequest {
  readonly scope: AccessScope;
  readonly filter: ${Type}Filter;
  readonly range: OffsetRange;
  /** Whether to count the whole list. */
  readonly isCounted: boolean;
}\n\n`
    : "";
  const body = lists.length === 0
    ? `export type ${Type}Repository = VersionedRepository<${Type}, ${Type}Input>;`
    : `export interface ${Type}Repository extends VersionedRepository<${Type}, ${Type}Input> {\n${
      lists.join("")
    }}`;
  return `${imports.join("\n")}

${filterText}${rangeType}/** Repository of ${plural.words}. */
${body}

/** Dependencies of the use cases. */
export interface ${Type}ServiceDependencies {
  readonly connections: ConnectionManager;
  readonly repository: ${Type}Repository;
  /** Returns the current time, with microseconds. */
  readonly now: () => Timestamp;
  /** Returns a new UUIDv7. */
  readonly newId: () => string;
}
`;
}
