import { columnName, quotedProperty } from "../select_list.ts";

/** Order of a list, newest first: by a time, with an id as tie-breaker. */
export class ListOrder {
  /** Row value of the columns, for comparisons. */
  readonly key: string;
  /** ORDER BY lists over the table's columns, by direction. */
  readonly columns: Readonly<Record<"asc" | "desc", string>>;
  /** ORDER BY lists over columns that are named like properties. */
  readonly properties: Readonly<Record<"asc" | "desc", string>>;
  /** ORDER BY lists over such columns, qualified with `page`. */
  readonly pageProperties: Readonly<Record<"asc" | "desc", string>>;
  /** Column of the time. */
  readonly time: string;

  /** @param time Property that holds the time. @param id Property that holds the id. */
  constructor(time: string, id: string) {
    const names = [time, id];
    this.time = columnName(time);
    this.key = `(${names.map(columnName).join(", ")})`;
    this.columns = bothWays(names.map(columnName));
    this.properties = bothWays(names.map(quotedProperty));
    this.pageProperties = bothWays(names.map((name) => `page.${quotedProperty(name)}`));
  }
}

/** Default order: by creation, newest first. */
export const BY_CREATION = new ListOrder("createdAt", "id");

function bothWays(names: readonly string[]): Readonly<Record<"asc" | "desc", string>> {
  const inOrder = (order: string): string => names.map((name) => `${name} ${order}`).join(", ");
  return { asc: inOrder("asc"), desc: inOrder("desc") };
}
