import type { ViewPage, ViewTable } from "@archway/service_kit/developer_view.ts";

/** Returns the tables of a page of the cockpit. */
export function tablesOf(page: ViewPage | undefined): readonly ViewTable[] {
  return page?.sections.filter((section) => section.kind === "table") ?? [];
}

/** Returns the texts of the cells in a table, without times. */
export function cellsOf(table: ViewTable | undefined): readonly (readonly unknown[])[] {
  return table?.rows.map(({ cells }) =>
    cells.filter((cell) => !(cell !== null && typeof cell === "object" && "time" in cell)).map((cell) =>
      cell !== null && typeof cell === "object" && "text" in cell ? cell.text : cell
    )
  ) ?? [];
}
