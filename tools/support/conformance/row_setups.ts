import { type Client, deleteItem } from "./client.ts";
import type { Given, Prepared, Row, Statuses } from "./row.ts";

/** Placeholders of a row. Disposing deletes what only this row had. */
export type RowSetup = Prepared & AsyncDisposable;

/** Prepares what the rows of a suite need: once for all that are refused, because they change nothing. */
export class RowSetups implements AsyncDisposable {
  readonly #shared = new Map<Given, Promise<Prepared>>();

  constructor(private readonly client: Client) {}

  async prepare({ given, expect }: Row): Promise<RowSetup> {
    if (given === undefined) return { placeholders: {}, [Symbol.asyncDispose]: () => Promise.resolve() };
    if (!isRefused(expect.status)) return this.#disposable(await given(this.client));
    const shared = this.#shared.get(given) ?? given(this.client);
    this.#shared.set(given, shared);
    return { placeholders: (await shared).placeholders, [Symbol.asyncDispose]: () => Promise.resolve() };
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
    for (const shared of await Promise.allSettled(this.#shared.values())) {
      if (shared.status === "fulfilled") await this.#disposable(shared.value)[Symbol.asyncDispose]();
    }
  }
}

function isRefused(status: Statuses): boolean {
  if (typeof status === "string") return status === "4xx";
  return [status].flat().every((one) => one >= 400);
}
