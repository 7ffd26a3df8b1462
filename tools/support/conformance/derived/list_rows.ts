import { ask, SetupError } from "../client.ts";
import { get, type Given, type Prepared, type Row, shorten, type Theme, words } from "../row.ts";
import type { Operation } from "./api_document.ts";
import type { Derivation } from "./derivation.ts";
import { CURSOR_NAMES } from "./parameter_rows.ts";

const SIZE = /^(?:limit|page_?size|per_?page)$/i;
const BACKWARDS = /before/i;

/** Cursors that are none, changed or another's; the placeholders are cursors, tokens and ids of the service. */
const NO_CURSORS = [
  ...words(
    `a 0 null %00 = {marker} {id} {token} {prev}{next} {next}= {next}%3D%3D {next}A A{next} %20{next} {next}%20
    {next}%0a {next}.{next} eyJhbGciOiJub25lIn0.e30. MTIzNDU2Nzg5MA%3D%3D %F0%9F%98%80 ..%2f..%2fetc%2fpasswd
    '%20OR%201=1-- {lower} {cut} {changed} {changedend}`,
  ),
  ...["A".repeat(80), "_".repeat(1_024), "a".repeat(1_025)],
];

/** Pages that are longer than their limit, and cursors that are not those of the list. */
export function listRows(derivation: Derivation): Theme {
  const rows = derivation.api.operations.filter(({ method }) => method === "GET").flatMap((operation) => {
    const names = operation.parameters.filter((one) => one.in === "query").map(({ name }) => name);
    const size = names.find((name) => SIZE.test(name));
    const cursors = names.filter((name) => CURSOR_NAMES.test(name));
    return [
      ...size === undefined ? [] : [ofSize(derivation, operation, size)],
      ...cursors.flatMap((cursor) =>
        ofCursor(derivation, operation, { cursor, size: size ?? "limit", names })
      ),
    ];
  });
  return { name: "lists", section: "RFC 9110, section 15.5.1", rows };
}

function ofSize(derivation: Derivation, operation: Operation, size: string): Row {
  const expect = { status: derivation.success(operation), atMost: 1, operation };
  return {
    name: `${operation.path}?${size}=1`,
    ...derivation.request(operation, { query: `${size}=1` }),
    expect,
  };
}

interface CursorOptions {
  readonly cursor: string;
  readonly size: string;
  readonly names: readonly string[];
}

interface PagesOptions extends CursorOptions {
  /** Path of the list's items. */
  readonly item: string;
}

function ofCursor(derivation: Derivation, operation: Operation, options: CursorOptions): readonly Row[] {
  const { cursor, size, names } = options;
  const { path } = operation;
  const item =
    derivation.api.operations.find((one) => one.path.startsWith(`${path}/{`) && one.path.endsWith("}"))
      ?.path ?? path;
  const isCreatable = derivation.suite.given === undefined && !derivation.subjects.isUnknown(item);
  const creates = isCreatable && derivation.api.find("POST", path) !== undefined;
  const given = creates
    ? pages(derivation, operation, { ...options, item })
    : derivation.request(operation).given;
  const row = (query: string, isValid = false): Row => ({
    name: `${path}?${shorten(query)}`,
    given,
    request: get(`${path}?${query}`),
    expect: {
      status: isValid ? 200 : derivation.declared(operation, 400, 422),
      ...!isValid && { fault: names },
    },
  });
  const [other] = names.filter((name) => name !== cursor && CURSOR_NAMES.test(name));
  const [own, foreign] = BACKWARDS.test(cursor) ? ["{prev}", "{next}"] : ["{next}", "{prev}"];
  const bad = derivation.share(`cursor ${cursor}`, NO_CURSORS).map((text) =>
    row(`${size}=1&${cursor}=${text}`)
  );
  if (!creates) return bad;
  const filter = names.find((name) => name === "name");
  const houseRules = [
    row(`${cursor}=${own}&${cursor}=${own}`),
    ...other === undefined
      ? []
      : [row(`${size}=1&${cursor}=${foreign}`), row(`${other}=${foreign}&${cursor}=${own}`)],
    ...filter === undefined ? [] : [row(`${size}=1&${filter}={marker}&${cursor}=${own}`)],
    ...names.includes("page") ? [row(`page=1&${cursor}=${own}`), row(`page=1&${size}=1`)] : [],
  ];
  return [
    ...bad,
    row(`${size}=1&${cursor}=${own}`, true),
    row(`${size}=2&${cursor}=${own}`, true),
    ...houseRules.map((one) => ({ ...one, isHouseRule: true })),
  ];
}

/** Creates three items and reads two pages: `{next}` and `{prev}` are their cursors, and others are changed ones. */
function pages(
  derivation: Derivation,
  { path }: Operation,
  { size, cursor, names, item }: PagesOptions,
): Given {
  const given = derivation.subjects.given(item);
  const forward = names.find((name) => CURSOR_NAMES.test(name) && !BACKWARDS.test(name)) ?? cursor;
  return async (client): Promise<Prepared> => {
    const items = [await given(client), await given(client), await given(client)];
    const read = async (query: string): Promise<Readonly<Record<string, string>>> => {
      const response = await ask(client, `${path}?${size}=1${query}`);
      return cursorsOf(await response.json());
    };
    const { next } = await read("");
    if (next === undefined) throw new SetupError(`GET ${path}?${size}=1 has no cursor of the next page`);
    const { prev = "" } = await read(`&${forward}=${encodeURIComponent(next)}`);
    const changed = {
      changed: changeLetter(next, next.length >> 1),
      changedend: changeLetter(next, next.length - 1),
    };
    const placeholders = {
      ...items[2]?.placeholders,
      next,
      prev,
      lower: next.toLowerCase(),
      cut: next.slice(0, -1),
      ...changed,
    };
    return { placeholders, paths: items.flatMap(({ paths = [] }) => paths) };
  };
}

/** The cursors in a page, by "next" and "prev". */
function cursorsOf(page: unknown): Record<string, string> {
  const found: Record<string, string> = {};
  JSON.stringify(page, (name, value: unknown) => {
    const [kind] = /^(?:next|prev)/i.exec(name) ?? [];
    if (kind !== undefined && typeof value === "string") found[kind.toLowerCase()] = value;
    return value;
  });
  return found;
}

/** Puts the next letter of the alphabet of base64url in the place of one. */
function changeLetter(text: string, at: number): string {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  const other = alphabet[(alphabet.indexOf(text[at] ?? "A") + 1) % alphabet.length];
  return text.slice(0, at) + other + text.slice(at + 1);
}
