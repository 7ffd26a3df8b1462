import { ask, type Client, deleteItem } from "./client.ts";
import type { Given, Prepared, Row, Statuses } from "./row.ts";

/** Placeholders of a row. Disposing deletes what was prepared for this row alone. */
export type RowSetup = Prepared & AsyncDisposable;

/** Prepares what rows need: once for all that are refused or safe, because they change nothing. */
export class RowSetups implements AsyncDisposable {
  readonly #shared = new Map<Given, Promise<Prepared>>();
  /** Those that rows may have changed. */
  readonly #changed = new Map<Given, Promise<Prepared>>();

  constructor(private readonly client: Client, private readonly isHouse = true) {}

  /** @param isOwn Whether it is prepared for this row alone. */
  async prepare(
    { given, expect, request, isSharing = false, isHouseRule = false }: Row,
    { isOwn = false }: { readonly isOwn?: boolean } = {},
  ): Promise<RowSetup> {
    if (given === undefined) return { placeholders: {}, [Symbol.asyncDispose]: () => Promise.resolve() };
    if (isOwn) return this.#disposable(await given(this.client));
    const line = typeof request === "object" && "line" in request ? request.line : "";
    const isSafe = /^(?:GET|HEAD|OPTIONS) /.test(line);
    if (!isSharing && !isSafe && (!isRefused(expect.status) || (isHouseRule && !this.isHouse))) {
      return this.#disposable(await given(this.client));
    }
    const all = isSharing && !isSafe ? this.#changed : this.#shared;
    const shared = all.get(given) ?? given(this.client);
    all.set(given, shared);
    return { placeholders: (await shared).placeholders, [Symbol.asyncDispose]: () => Promise.resolve() };
  }

  /** Whether what a row shares is no longer as it was prepared: a request without its id in the path may change it. */
  async isChanged({ given }: Row): Promise<boolean> {
    const shared = given === undefined ? undefined : this.#shared.get(given);
    const { placeholders, paths = [] } = await shared ?? { placeholders: {} };
    const path = paths.at(-1);
    if (path === undefined) return false;
    const response = await ask(this.client, path);
    await response.body?.cancel();
    const { etag = "" } = placeholders;
    return etag === "" ? response.status === 404 : response.headers.get("etag") !== etag;
  }

  #disposable(prepared: Prepared): RowSetup {
    return {
      ...prepared,
      [Symbol.asyncDispose]: async (): Promise<void> => {
        for (const path of prepared.paths ?? []) await deleteItem(this.client, path);
      },
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Rows have reported a setup that failed.
    for (const shared of await Promise.allSettled([...this.#shared.values(), ...this.#changed.values()])) {
      if (shared.status === "fulfilled") await this.#disposable(shared.value)[Symbol.asyncDispose]();
    }
  }
}

function isRefused(status: Statuses): boolean {
  return typeof status !== "string" && [status].flat().every((one) => one >= 400);
}
