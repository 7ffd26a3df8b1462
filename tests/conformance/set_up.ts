import { ask, type Client, deleteProfile, json, post } from "./client.ts";
import type { Placeholders } from "./render_request.ts";
import type { Given } from "./row.ts";
import { setUpAccounts } from "./set_up_accounts.ts";

/** A profile as it is answered. */
interface Created {
  readonly data: { readonly id: string; readonly name: string };
}

/** Profiles that a row has, and what its placeholders stand for. Disposing deletes the profiles. */
export interface Setting extends AsyncDisposable {
  readonly placeholders: Placeholders;
}

/**
 * Sets up what a row needs.
 *
 * @param marker What is planted in the row's request, and in the names of its profiles in another form.
 * @throws {Error} when the service does not do what is asked of it rightly.
 */
export async function setUp(client: Client, given: Given | undefined, marker: string): Promise<Setting> {
  const paths: string[] = [];
  const dispose = async (): Promise<void> => {
    for (const path of paths) await deleteProfile(client, path);
  };
  if (given === undefined) return { placeholders: { marker }, [Symbol.asyncDispose]: dispose };
  if (given !== "profile" && given !== "pages") {
    const { placeholders, paths: made } = await setUpAccounts(client, given);
    paths.push(...made);
    return { placeholders: { ...placeholders, marker }, [Symbol.asyncDispose]: dispose };
  }
  const name = `Given ${crypto.randomUUID()}`;
  let placeholders: Placeholders = { marker, name };
  for (let index = 0; index < (given === "pages" ? 3 : 1); index++) {
    const response = await post(client, "/v1/profiles", { body: { name } });
    const { data }: Created = await json(response, 201);
    paths.push(`/v1/profiles/${data.id}`);
    const etag = response.headers.get("etag") ?? "";
    const token = response.headers.get("consistency-token") ?? "";
    placeholders = { ...placeholders, id: data.id, etag, token };
  }
  if (given === "pages") placeholders = { ...placeholders, ...await cursors(client) };
  return { placeholders, [Symbol.asyncDispose]: dispose };
}

/** Cursors of the list without filters, and one of them in other forms. */
async function cursors(client: Client): Promise<Placeholders> {
  const next = await page(client, "");
  const prev = await page(client, `&after=${next["nextCursor"]}`);
  const cursor = next["nextCursor"] ?? "";
  return {
    next: cursor,
    prev: prev["prevCursor"] ?? "",
    lower: cursor.toLowerCase(),
    cut: cursor.slice(0, -1),
    changed: changeLetter(cursor, cursor.length >> 1),
    changedend: changeLetter(cursor, cursor.length - 1),
  };
}

/** The next letter of the alphabet of base64url in the place of one. */
function changeLetter(text: string, at: number): string {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  const other = alphabet[(alphabet.indexOf(text[at] ?? "A") + 1) % alphabet.length];
  return text.slice(0, at) + other + text.slice(at + 1);
}

async function page(client: Client, query: string): Promise<Record<string, string>> {
  const { meta } = await json<{ meta: Record<string, string> }>(
    await ask(client, `/v1/profiles?limit=1${query}`),
    200,
  );
  return meta;
}
