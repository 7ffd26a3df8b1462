import type { OperationModel, ParameterModel } from "../../oapi_codegen/operations/model.ts";
import type { Located } from "../../oapi_codegen/document/json_value.ts";
import type { Column, Filter, ListMember, Paging, PlannedList } from "./collection.ts";
import { columnType } from "./column_type.ts";
import { listMembers } from "./list_members.ts";
import { itemSchema, mergedSchema, objectShape } from "./object_shape.ts";
import { keyProperty } from "./plan_key.ts";
import {
  bare,
  componentType,
  type Planning,
  propertyType,
  responseBodyType,
  Unsupported,
} from "./planning.ts";
import type { ResponsePlanner } from "./plan_responses.ts";
import { listPlace } from "./responses.ts";

const LIMIT = /^(?:limit|perpage|pagesize|pagelimit|maxresults|maxitems|size|count|take|top|first)$/;
const PAGE = /^(?:page|pagenumber|pageno|pageindex)$/;
const OFFSET = /^(?:offset|skip|start|startindex|pageoffset)$/;
const CURSOR =
  /^(?:cursor|after|startingafter|startafter|pagetoken|nexttoken|nextcursor|pagecursor|pageafter|marker|continuationtoken)$/;
const DEFAULT_LIMIT = 20;
const MAX_LIMIT = 100;
/** Length of a list without pages. */
const WHOLE_LIMIT = 1000;

/**
 * Plans a list: its pages by the document's parameters, its filters, and the body around the items.
 *
 * @throws {Unsupported} if the body or a required parameter is unknown.
 */
export function planList(
  operation: OperationModel,
  { planner, isSearch }: { readonly planner: ResponsePlanner; readonly isSearch: boolean },
): PlannedList {
  const { planning, options: { columns, names, parameter } } = planner;
  const success = planner.success(operation);
  const schema = success.media?.schema;
  const place = schema && listPlace(schema, planning.references);
  const items = place && itemSchema(place.schema, planning.references);
  const shape = items && objectShape(items, planning.references);
  if (place === undefined || items === undefined || shape === undefined) {
    throw new Unsupported("its response is not a list of items");
  }
  if (keyProperty(shape, { parameter, names }) !== planner.options.key.property) {
    throw new Unsupported("its items are of another type");
  }
  const paging = planPaging(operation.parameters, { whole: place.schema, planning });
  const { filters, ignored } = planFilters(operation.parameters, { columns, paging, planning });
  if (isSearch && ignored.length > 0) {
    throw new Unsupported(`its parameter ${ignored.join(", ")} is not a property of the item`);
  }
  const type = componentType(items, planning) ??
    `${propertyType(responseBodyType(operation, success), place.property)}[number]`;
  const members = place.envelope === undefined
    ? []
    : listMembers(place.envelope, { list: place.property, paging, planning });
  if (paging.style === "cursor" && !mentions(members, "next")) {
    throw new Unsupported(
      `its parameter ${paging.cursor} is a cursor, but its response has no place for the next one`,
    );
  }
  return {
    ...{ operation, success, members, paging, filters, ignored },
    representation: planner.representation({ schema: items }, { type, operation }),
    property: place.property,
    hasTotal: mentions(members, "page.total"),
  };
}

function mentions(members: readonly ListMember[], text: string): boolean {
  return members.some(({ value }) =>
    typeof value === "string" ? value.includes(text) : mentions(value, text)
  );
}

function planPaging(
  parameters: readonly ParameterModel[],
  { whole, planning }: { readonly whole: Located; readonly planning: Planning },
): Paging {
  const query = parameters.filter((parameter) => parameter.in === "query");
  const schemaOf = ({ schema }: ParameterModel): Readonly<Record<string, unknown>> =>
    mergedSchema({ schemas: [schema] }, planning.references);
  const isNumber = (parameter: ParameterModel): boolean =>
    ["integer", "number"].includes(String(schemaOf(parameter)["type"]));
  const find = (name: RegExp, of: (parameter: ParameterModel) => boolean): ParameterModel | undefined =>
    query.find((parameter) => name.test(bare(parameter.name)) && of(parameter));
  const [limit, page, offset] = [find(LIMIT, isNumber), find(PAGE, isNumber), find(OFFSET, isNumber)];
  const cursor = page === undefined && offset === undefined
    ? find(CURSOR, (parameter) => schemaOf(parameter)["type"] === "string")
    : undefined;
  const number = (of: ParameterModel | undefined, keyword: string): number | undefined => {
    const value = of && schemaOf(of)[keyword];
    return typeof value === "number" ? value : undefined;
  };
  const hasPages = [limit, page, offset, cursor].some((one) => one !== undefined);
  const longest = Number(mergedSchema({ schemas: [whole] }, planning.references)["maxItems"] ?? Infinity);
  const maxLimit = Math.min(number(limit, "maximum") ?? (hasPages ? MAX_LIMIT : WHOLE_LIMIT), longest);
  const defaultLimit = number(limit, "default") ?? (hasPages ? DEFAULT_LIMIT : maxLimit);
  const isFromZero = number(page, "minimum") === 0 || number(page, "default") === 0;
  return {
    style: cursor === undefined ? "offset" : "cursor",
    ...{ limit: limit?.name, page: page?.name, offset: offset?.name, cursor: cursor?.name },
    firstPage: isFromZero ? 0 : 1,
    defaultLimit: Math.min(defaultLimit, maxLimit),
    maxLimit: Math.max(maxLimit, 1),
  };
}

function planFilters(
  parameters: readonly ParameterModel[],
  { columns, paging, planning }: {
    readonly columns: readonly Column[];
    readonly paging: Paging;
    readonly planning: Planning;
  },
): { readonly filters: readonly Filter[]; readonly ignored: readonly string[] } {
  const filters: Filter[] = [];
  const ignored: string[] = [];
  const pages = [paging.limit, paging.page, paging.offset, paging.cursor];
  for (const { name, in: place, required, schema, default: preset } of parameters) {
    if (place !== "query" || pages.includes(name)) continue;
    const items = itemSchema(schema, planning.references);
    const { kind } = columnType(
      { name, schemas: [items ?? schema], isRequired: required, isReturned: required },
      planning.references,
    );
    const column = columns.find((one) => bare(one.property) === bare(name) && one.type.kind === kind);
    const isKnown = filters.some((filter) => filter.column === column);
    if (column !== undefined && kind !== "json" && !isKnown) {
      const isRequired = required || preset !== undefined;
      filters.push({ parameter: name, isRequired, isList: items !== undefined, column });
    } else if (required) {
      throw new Unsupported(`its parameter ${name} is required, and not a property of the item`);
    } else ignored.push(name);
  }
  return { filters, ignored };
}
