import { type Placeholders, type Row, type Theme, utf8 } from "../row.ts";
import type { ApiDocument, Operation } from "./api_document.ts";
import type { Subjects } from "./subjects.ts";

/** Paths and bodies of a document that tests of HTTP in general are sent to. */
export interface Targets {
  /**
   * `{get}` and `{open}`, targets that a GET reads, the latter without credentials where possible; `{list}` and `{item}`, a
   * list and a path template in it; `{sample}`, a body that creates an item, its `{length}` and `{hexlength}`; `{nowhere}`.
   */
  readonly placeholders: Placeholders;
  readonly item: string | undefined;
  /** Whether the list has a POST. */
  readonly isCreatable: boolean;
  /** Whether even `{open}` requires credentials. */
  readonly isSecured: boolean;
}

/** Placeholders of an item, or of a body that creates one. */
const OF_ITEM = /\{(?:item|id|etag|token|sample|length|hexlength)\}/;

/**
 * Chooses a list of which items can be created, or else any list.
 *
 * @param unwritten paths of reads that are not implemented.
 */
export function targetsOf(
  { operations }: ApiDocument,
  { subjects, unwritten }: { readonly subjects: Subjects; readonly unwritten: readonly string[] },
): Targets {
  const reads = operations.filter(({ method, path }) =>
    method === "GET" && !path.includes("{") && !unwritten.includes(path)
  );
  const itemOf = (list: Operation): string | undefined =>
    operations.find(({ method, path }) => {
      const [, ...end] = path.startsWith(`${list.path}/{`) ? path.split("{") : [];
      return method === "GET" && end.length === 1 && path.endsWith("}");
    })?.path;
  const bodyOf = (list: Operation): string | undefined => {
    const create = operations.find(({ method, path }) => method === "POST" && path === list.path);
    return create?.bodies.has("application/json") ? subjects.bodyOf(create) : undefined;
  };
  const list = reads.find((read) => bodyOf(read) !== undefined && itemOf(read) !== undefined) ?? reads[0];
  const placeholders = { nowhere: "/qz/nowhere" };
  if (list === undefined) return { placeholders, item: undefined, isCreatable: false, isSecured: false };
  const [item, body] = [itemOf(list), bodyOf(list)];
  const limit = list.parameters.some(({ name }) => name === "limit") ? "?limit=1" : "";
  const open = reads.find(({ isSecured, responses }) => !isSecured && responses.get("200")?.["content"]) ??
    list;
  const sample = utf8(body ?? "").replaceAll("{fresh}", "0193a3f0-0000-7000-8000-000000000001");
  return {
    placeholders: {
      ...placeholders,
      ...{
        list: list.path,
        get: list.path + (subjects.queryOf(list) || limit),
        open: open.path + subjects.queryOf(open),
      },
      ...{ sample, length: String(sample.length), hexlength: sample.length.toString(16) },
      ...item !== undefined && { item },
    },
    item: body === undefined ? undefined : item,
    isSecured: open.isSecured,
    isCreatable: operations.some(({ method, path }) => method === "POST" && path === list.path),
  };
}

/** Returns themes whose rows are prepared with an item where they need one, without those that the document has no target for. */
export function withTargets(
  themes: readonly Theme[],
  { placeholders, item, isCreatable, isSecured }: Targets,
  subjects: Subjects,
): readonly Theme[] {
  const prepared = (row: Row): readonly Row[] => {
    const text = JSON.stringify(row.request);
    if (/\{(?:list|get|open)\}/.test(text) && placeholders["list"] === undefined) return [];
    const refusals = [
      ...!isCreatable && text.includes("POST {list}") ? [405] : [],
      // A text is sent as it is, without credentials.
      ...isSecured && text.includes("{open}") && !text.includes('"line"') ? [401] : [],
    ];
    if (!OF_ITEM.test(text) || row.given !== undefined) return [withRefusals(row, refusals)];
    return item === undefined ? [] : [{ ...row, given: subjects.given(item) }];
  };
  return themes.map((theme) => ({ ...theme, rows: theme.rows.flatMap(prepared) }));
}

/** Lets a path refuse the method, or the caller, before the rest of the request. */
function withRefusals(row: Row, refusals: readonly number[]): Row {
  const { status } = row.expect;
  if (typeof status === "string" || refusals.length === 0) return row;
  return { ...row, expect: { ...row.expect, status: [status, refusals].flat(2) } };
}
