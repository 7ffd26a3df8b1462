export { ListOrder } from "./lists/list_order.ts";
export { ListSql, type ListSqlOptions, type PageWindow } from "./lists/list_sql.ts";
export { readPage } from "./lists/read_page.ts";
