import { ask, SetupError } from "../client.ts";
import { type Given, type Prepared, type Row, type Theme, words } from "../row.ts";
import type { Operation } from "./api_document.ts";
import type { Derivation } from "./derivation.ts";
import { CURSOR_NAMES } from "./parameter_rows.ts";

const SIZE = /^(?:limit|page_?size|per_?page)$/i;
const BACKWARDS = /before/i;

/** Cursors that are none, changed or another's; the placeholders are cursors, tokens and ids of the service. */
const NO_CURSORS = words(
  `a 0 null %00 = {marker} {id} {token} {prev}{next} {next}= {next}%3D%3D {next}A A{next} %20{next}
  {next}%20 {next}%0a {next}.{next} eyJhbGciOiJub25lIn0.e30. MTIzNDU2Nzg5MA%3D%3D %F0%9F%98%80 ..%2f..%2fetc%2fpasswd
  '%20OR%201=1-- {lower} {cut} {changed} {changedend} ${"A".repeat(80)} ${"_".repeat(1_024)} ${
    "a".repeat(1_025)
  }`,
);

/** Query parameters of a list. */
interface ListOptions {
  readonly cursor: string;
  readonly size: string;
  readonly names: readonly string[];
  /** Path of the list's items. */
  readonly item: string;
}

/** Pages that are longer than their limit, and cursors that are not those of the list. */
export function listRows(derivation: Derivation): Theme {
  const { operations } = derivation.api;
  const rows = operations.filter(({ method }) => method === "GET").flatMap((operation) => {
    const { path, parameters } = operation;
    const names = parameters.filter((one) => one.in === "query").map(({ name }) => name);
    const size = names.find((name) => SIZE.test(name));
    const item = operations.find((one) => one.path.startsWith(`${path}/{`) && one.path.endsWith("}"))?.path ??
      path;
    const one = { status: derivation.success(operation), atMost: 1 };
    return [
      ...size === undefined ? [] : [derivation.row(operation, { query: `${size}=1` }, one)],
      ...names.filter((name) => CURSOR_NAMES.test(name)).flatMap((cursor) =>
        ofCursor(derivation, operation, { cursor, size: size ?? "limit", names, item })
      ),
    ];
  });
  return { name: "lists", section: "RFC 9110, section 15.5.1", rows };
}

function ofCursor(derivation: Derivation, operation: Operation, options: ListOptions): readonly Row[] {
  const { cursor, size, names, item } = options;
  const creates = derivation.subjects.canCreate(item) &&
    derivation.api.find("POST", operation.path) !== undefined;
  const given = creates ? { given: pages(derivation, operation, options) } : {};
  const wrong = { status: derivation.declared(operation, 400, 422), fault: names };
  const send = (query: string, expect: Row["expect"] = wrong): Row =>
    derivation.row(operation, { ...given, query }, expect, expect === wrong && !query.startsWith(size));
  const bad = derivation.share(`cursor ${cursor}`, NO_CURSORS).map((text) =>
    send(`${size}=1&${cursor}=${text}`)
  );
  if (!creates) return bad;
  const other = names.find((name) => name !== cursor && CURSOR_NAMES.test(name));
  const [own, foreign] = BACKWARDS.test(cursor) ? ["{prev}", "{next}"] : ["{next}", "{prev}"];
  return [
    ...bad,
    ...[1, 2].map((count) => send(`${size}=${count}&${cursor}=${own}`, { status: 200 })),
    send(`${cursor}=${own}&${cursor}=${own}`),
    ...other === undefined
      ? []
      : [send(`${cursor}=${foreign}&${size}=1`), send(`${other}=${foreign}&${cursor}=${own}`)],
    ...names.includes("name") ? [send(`name={marker}&${size}=1&${cursor}=${own}`)] : [],
    ...names.includes("page") ? [send(`page=1&${cursor}=${own}`), send(`page=1&${size}=1`)] : [],
  ];
}

/** Creates three items and reads two pages: `{next}` and `{prev}` are their cursors, and others are changed ones. */
function pages(
  derivation: Derivation,
  { path }: Operation,
  { size, cursor, names, item }: ListOptions,
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
    // "0" is no cursor: lists that are read in one direction have none of the previous page.
    const { prev = "0" } = await read(`&${forward}=${encodeURIComponent(next)}`);
    const changed = {
      changed: changeLetter(next, next.length >> 1),
      changedend: changeLetter(next, next.length - 1),
    };
    const cursors = { next, prev, lower: next.toLowerCase(), cut: next.slice(0, -1), ...changed };
    return {
      placeholders: { ...items[2]?.placeholders, ...cursors },
      paths: items.flatMap(({ paths = [] }) => paths),
    };
  };
}

/** Returns the cursors in a page and in its links, by "next" and "prev". */
export function cursorsOf(page: unknown): Record<string, string> {
  const found: Record<string, string> = {};
  JSON.stringify(page, (name, value: unknown) => {
    const [kind] = /^(?:next|prev)/i.exec(name) ?? [];
    const cursor = kind !== undefined && typeof value === "string" ? cursorOf(value) : undefined;
    if (kind !== undefined && cursor !== undefined) found[kind.toLowerCase()] = cursor;
    return value;
  });
  return found;
}

/** Returns the parameter with the cursor of a link; a text that is no link is the cursor itself. */
function cursorOf(text: string): string | undefined {
  if (!/^(?:https?:\/\/|\/[^?]*\?)/.test(text)) return text;
  const parameters = URL.parse(text, "http://localhost")?.searchParams ?? new URLSearchParams();
  return [...parameters].find(([name]) => CURSOR_NAMES.test(name))?.[1];
}

/** Puts the next letter of the alphabet of base64url in the place of one. */
function changeLetter(text: string, at: number): string {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  const other = alphabet[(alphabet.indexOf(text[at] ?? "A") + 1) % alphabet.length];
  return text.slice(0, at) + other + text.slice(at + 1);
}
