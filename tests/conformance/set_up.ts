import { ask, type Client, json, post } from "@archway/tools/support/conformance/client.ts";
import type { Placeholders } from "@archway/tools/support/conformance/render_request.ts";
import type { Prepared } from "@archway/tools/support/conformance/row.ts";

/** Creates an item of the list: `{id}`, `{etag}`, and `{token}`, its consistency token. */
export async function item(client: Client): Promise<Prepared> {
  const { list, sample } = client.suite;
  const response = await post(client, list, { body: sample });
  const { data: { id } } = await json<{ readonly data: { readonly id: string } }>(response, 201);
  const etag = response.headers.get("etag") ?? "";
  const token = response.headers.get("consistency-token") ?? "";
  return { placeholders: { id, etag, token }, paths: [`${list}/${id}`] };
}

/**
 * Creates three items. Besides what one has there are cursors of both directions: `{next}`, `{prev}`, and other forms of
 * `{next}`: `{lower}`, `{cut}`, `{changed}` in the middle and `{changedend}`.
 */
export async function pages(client: Client): Promise<Prepared> {
  const items = [await item(client), await item(client), await item(client)];
  const placeholders = { ...items[2]?.placeholders, ...await cursors(client) };
  return { placeholders, paths: items.flatMap(({ paths = [] }) => paths) };
}

async function cursors(client: Client): Promise<Placeholders> {
  const { nextCursor = "" } = await page(client, "");
  const { prevCursor = "" } = await page(client, `&after=${nextCursor}`);
  return {
    next: nextCursor,
    prev: prevCursor,
    lower: nextCursor.toLowerCase(),
    cut: nextCursor.slice(0, -1),
    changed: changeLetter(nextCursor, nextCursor.length >> 1),
    changedend: changeLetter(nextCursor, nextCursor.length - 1),
  };
}

/** The next letter of the alphabet of base64url in the place of one. */
function changeLetter(text: string, at: number): string {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  const other = alphabet[(alphabet.indexOf(text[at] ?? "A") + 1) % alphabet.length];
  return text.slice(0, at) + other + text.slice(at + 1);
}

interface PageMeta {
  readonly nextCursor?: string;
  readonly prevCursor?: string;
}

async function page(client: Client, query: string): Promise<PageMeta> {
  const response = await ask(client, `${client.suite.list}?limit=1${query}`);
  return (await json<{ readonly meta: PageMeta }>(response, 200)).meta;
}
