import type { ConnectionPool, ListenState } from "../../../db.ts";

/** Statement that notifies the channel of a {@link ListenSpy}. */
export const NOTIFY = "SELECT pg_notify('things', '')";

/** Listener on the channel "things" that records states and counts notifications. */
export class ListenSpy implements AsyncDisposable {
  readonly states: ListenState[] = [];
  received = 0;
  readonly #listening: AsyncDisposable;
  #changed = Promise.withResolvers<void>();

  constructor(pool: ConnectionPool) {
    this.#listening = pool.listen("things", {
      onNotify: () => {
        this.received++;
        this.#change();
      },
      onState: (state) => {
        this.states.push(state);
        this.#change();
      },
    });
  }

  /** Waits until a condition holds. */
  async until(isSo: (spy: ListenSpy) => boolean): Promise<void> {
    while (!isSo(this)) await this.#changed.promise;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#listening[Symbol.asyncDispose]();
  }

  #change(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }
}
