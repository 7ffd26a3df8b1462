import type { Placeholders } from "./render_request.ts";
import type { Field, Given } from "./row.ts";

/** What a service is asked through while rows are set up and looked after. */
export interface Client {
  readonly origin: URL;
  /** Sent with every request. */
  readonly fields: readonly Field[];
  readonly timeoutMs: number;
}

/** A profile or an account as it is answered. */
interface Created {
  readonly data: { readonly id: string };
}

/** What a row has, and what its placeholders stand for. Disposing deletes it. */
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
    // Accounts before their profiles.
    for (const path of paths.toReversed()) await deleteAny(client, path);
  };
  if (given === undefined) return { placeholders: { marker }, [Symbol.asyncDispose]: dispose };
  const name = `Given ${crypto.randomUUID()}`;
  let placeholders: Placeholders = { marker, name };
  if (given === "accounts") {
    placeholders = { ...placeholders, ...await accounts(client, paths) };
    return { placeholders, [Symbol.asyncDispose]: dispose };
  }
  for (let index = 0; index < (given === "pages" ? 3 : 1); index++) {
    const response = await ask(client, "/v1/profiles", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ name }),
    });
    const { data }: Created = await json(response, 201);
    paths.push(`/v1/profiles/${data.id}`);
    const etag = response.headers.get("etag") ?? "";
    const token = response.headers.get("consistency-token") ?? "";
    placeholders = { ...placeholders, id: data.id, etag, token };
  }
  if (given === "pages") placeholders = { ...placeholders, ...await cursors(client) };
  return { placeholders, [Symbol.asyncDispose]: dispose };
}

/** Two profiles with an account each; what has to be deleted is added to the paths. */
async function accounts(client: Client, paths: string[]): Promise<Placeholders> {
  const make = async (path: string, body: unknown): Promise<string> => {
    const response = await ask(client, path, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
    const { data }: Created = await json(response, 201);
    paths.push(`${path}/${data.id}`);
    return data.id;
  };
  const open = async (profileId: string): Promise<string> =>
    await make("/v1/accounts", { profileId, currency: "BRL" });
  const id = await make("/v1/profiles", { name: `Given ${crypto.randomUUID()}` });
  const payer = await open(id);
  return {
    id,
    payer,
    payee: await open(await make("/v1/profiles", { name: `Given ${crypto.randomUUID()}` })),
  };
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

/** Deletes a profile, or closes an account, in whatever version it is; one that is gone is fine. */
export async function deleteAny(client: Client, path: string): Promise<void> {
  const response = await ask(client, path, { method: "DELETE", headers: { "If-Match": "*" } });
  await response.body?.cancel();
}

/** Sends a request that is right. */
export async function ask(client: Client, path: string, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers);
  for (const [name, value] of client.fields) headers.set(name, value);
  const signal = AbortSignal.timeout(client.timeoutMs);
  return await fetch(new URL(path, client.origin), { ...init, headers, signal, redirect: "manual" });
}

async function json<T>(response: Response, status: number): Promise<T> {
  const text = await response.text();
  if (response.status === status) return JSON.parse(text);
  throw new Error(`Setting up a row failed: ${response.status} instead of ${status}`);
}
