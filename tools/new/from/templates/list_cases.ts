import { isObject } from "../../../oapi_codegen/document/json_value.ts";
import type { Collection, PlannedList } from "../collection.ts";

/** Returns the tests of a list. */
export function listCases(list: PlannedList, collection: Collection): readonly string[] {
  const { operation, paging, filters, property, success } = list;
  const { samples: [first] } = collection;
  const values = filters.flatMap((filter) => {
    const value = isObject(first) ? first[filter.column.property] : undefined;
    return value === undefined || value === null ? [] : [{ filter, text: encodeURIComponent(String(value)) }];
  });
  const required = filters.filter(({ isRequired }) => isRequired);
  if (required.some((filter) => !values.some((value) => value.filter === filter))) return [];
  const query = (more: readonly string[]): string => {
    const fixed = values.filter(({ filter }) => filter.isRequired).map(({ filter, text }) =>
      `${encodeURIComponent(filter.parameter)}=${text}`
    );
    const all = [...fixed, ...more];
    return all.length === 0 ? operation.path : `${operation.path}?${all.join("&")}`;
  };
  const items = property === undefined ? "json" : `member(json, ${JSON.stringify(property)})`;
  const title = `GET ${operation.path}`;
  const count = (path: string, expected: number): string =>
    `    {
      const { status, json } = await exchange(server, ${JSON.stringify(`GET ${path}`)});
      assertEquals([status, lengthOf(${items})], [${success.response.status}, ${expected}]);
    }\n`;
  const isPaged = paging.limit !== undefined && paging.maxLimit >= 2 &&
    (paging.page !== undefined || paging.offset !== undefined);
  const limit = `${encodeURIComponent(paging.limit ?? "")}=2`;
  const next = paging.page !== undefined
    ? `${encodeURIComponent(paging.page)}=${paging.firstPage + 1}`
    : `${encodeURIComponent(paging.offset ?? "")}=2`;
  const optional = values.filter(({ filter }) => !filter.isRequired);
  return [
    `  "${title} lists what was created": async (server) => {
    for (let count = 0; count < 3; count++) await create(server, FIRST);
${count(query([]), Math.min(3, paging.defaultLimit))}${
      isPaged ? count(query([limit]), 2) + count(query([limit, next]), 1) : ""
    }  },`,
    ...(optional.length === 0 ? [] : [`  "${title} filters": async (server) => {
    await create(server, FIRST);
${
      optional.map(({ filter, text }) => count(query([`${encodeURIComponent(filter.parameter)}=${text}`]), 1))
        .join("")
    }  },`]),
  ];
}
