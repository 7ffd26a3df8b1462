import { propertyKey } from "../../oapi_codegen/types/identifiers.ts";
import type { Located } from "../../oapi_codegen/document/json_value.ts";
import type { ListMember, Paging } from "./collection.ts";
import { columnType } from "./column_type.ts";
import { mergedSchema, type ObjectShape, objectShape, type PropertyShape } from "./object_shape.ts";
import { bare, type Planning, Unsupported } from "./planning.ts";

/** Value of a member, and the condition under which there is one. */
interface Value {
  readonly value: string;
  readonly condition?: string;
}

/**
 * Returns the members of the body around a list: totals, positions and links, by their usual names.
 *
 * @param list property with the items
 * @throws {Unsupported} if a required member has no value.
 */
export function listMembers(
  shape: ObjectShape,
  { list, paging, planning }: {
    readonly list: string | undefined;
    readonly paging: Paging;
    readonly planning: Planning;
  },
): readonly ListMember[] {
  return [...shape.properties.values()].flatMap((property): readonly ListMember[] => {
    if (property.name === list) return [];
    const found = memberOf(property, { paging, planning });
    if (found !== undefined) return [found];
    if (!property.isReturned) return [];
    const constant = property.schemas.map((schema) => planning.sampler.plainest(schema)).at(-1);
    if (constant === undefined) {
      throw new Unsupported(`no value for ${property.name} of its response was found`);
    }
    return [{ property: property.name, value: JSON.stringify(constant) }];
  });
}

function memberOf(
  property: PropertyShape,
  { paging, planning }: { readonly paging: Paging; readonly planning: Planning },
): ListMember | undefined {
  const { references } = planning;
  const { name } = property;
  const objects = property.schemas.flatMap((schema: Located) => objectShape(schema, references) ?? []);
  if (objects.length > 0) {
    const shape = {
      isPlain: true,
      properties: new Map(objects.flatMap(({ properties }) => [...properties])),
    };
    const members = listMembers(shape, { list: undefined, paging, planning });
    return members.length === 0 && !property.isReturned ? undefined : { property: name, value: members };
  }
  const { kind, isNullable, values } = columnType(property, references);
  const isUrl = String(mergedSchema(property, references)["format"] ?? "").startsWith("uri");
  const found = values === undefined ? valueOf(name, { kind, isUrl, paging }) : undefined;
  if (found?.condition === undefined) return found && { property: name, value: found.value };
  const otherwise = isNullable ? "null" : property.isReturned ? '""' : undefined;
  return { property: name, ...found, otherwise };
}

function valueOf(
  name: string,
  { kind, isUrl, paging }: { readonly kind: string; readonly isUrl: boolean; readonly paging: Paging },
): Value | undefined {
  const plain = bare(name);
  if (kind === "integer" || kind === "bigint" || kind === "number") {
    return numberOf(plain, paging);
  }
  if (kind === "boolean") {
    if (/^(?:hasmore|hasnext|hasnextpage|more)$/.test(plain)) return { value: "page.hasNext" };
    return undefined;
  }
  if (kind !== "text") return undefined;
  if (plain === "self") return { value: "context.url.href" };
  if (paging.style === "cursor") return cursorOf(plain, { isUrl, paging });
  if (!isUrl && !/^next/.test(plain)) return undefined;
  if (/^(?:next|nextpage|nextlink|nexturl|nextpageurl)$/.test(plain)) return neighbour("next", paging);
  return /^(?:prev|previous|prevpage|previouspage)$/.test(plain) ? neighbour("previous", paging) : undefined;
}

function numberOf(plain: string, { style, firstPage }: Paging): Value | undefined {
  if (/^(?:count|itemcount)$/.test(plain)) return { value: "page.items.length" };
  if (/^(?:limit|perpage|pagesize|itemsperpage)$/.test(plain)) return { value: "range.limit" };
  if (style === "cursor") return undefined;
  if (/^total(?:count|items|results|entries)?$/.test(plain)) return { value: "page.total" };
  if (/^(?:offset|skip)$/.test(plain)) return { value: "range.offset" };
  if (/^(?:page|pagenumber|currentpage)$/.test(plain)) {
    return { value: `Math.floor(range.offset / range.limit) + ${firstPage}` };
  }
  return /^(?:totalpages|pagecount|pages)$/.test(plain)
    ? { value: "Math.ceil(page.total / range.limit)" }
    : undefined;
}

function cursorOf(
  plain: string,
  { isUrl, paging }: { readonly isUrl: boolean; readonly paging: Paging },
): Value | undefined {
  const isNext =
    /^(?:next|nextpage|nextcursor|nextpagetoken|nexttoken|cursor|endcursor|after|nextlink|nexturl)$/;
  if (!isNext.test(plain)) return undefined;
  const value = isUrl ? `pageUrl(context.url, { ${propertyKey(paging.cursor ?? "")}: next })` : "next";
  return { value, condition: "next !== undefined" };
}

/** Returns the link to a neighbour of the page, if the document has a parameter for it. */
function neighbour(direction: "next" | "previous", { page, offset, firstPage }: Paging): Value | undefined {
  const isNext = direction === "next";
  const condition = isNext ? "page.hasNext" : "range.offset > 0";
  const start = isNext ? "range.offset + range.limit" : "Math.max(range.offset - range.limit, 0)";
  const step = isNext ? firstPage + 1 : firstPage - 1;
  const number = `Math.floor(range.offset / range.limit)${
    step === 0 ? "" : ` ${step < 0 ? "-" : "+"} ${Math.abs(step)}`
  }`;
  const value = page !== undefined
    ? `{ ${propertyKey(page)}: ${number} }`
    : offset !== undefined
    ? `{ ${propertyKey(offset)}: ${start} }`
    : undefined;
  return value === undefined ? undefined : { value: `pageUrl(context.url, ${value})`, condition };
}
