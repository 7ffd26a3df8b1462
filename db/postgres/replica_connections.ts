import { DriverQuerier } from "./driver_querier.ts";
import type { Driver } from "./open_driver.ts";

/** Connections to a server that can be cut at any time, and are opened anew when a statement needs one. */
export class ReplicaConnections {
  readonly #open: () => Driver;
  readonly #ending = new Set<Promise<void>>();
  #driver: Driver;
  #querier: DriverQuerier;

  constructor(open: () => Driver) {
    this.#open = open;
    this.#driver = open();
    this.#querier = new DriverQuerier(this.#driver);
  }

  /** What runs statements until the next {@link cut}. */
  get querier(): DriverQuerier {
    return this.#querier;
  }

  /** Gives up every connection. What waits for an answer, or for a connection, rejects with code "unavailable". */
  cut(): void {
    this.#end(0);
    this.#driver = this.#open();
    this.#querier = new DriverQuerier(this.#driver);
  }

  /** Closes the connections; what runs has so many seconds to end. */
  async end({ timeout }: { readonly timeout: number }): Promise<void> {
    this.#end(timeout);
    await Promise.all(this.#ending);
  }

  #end(timeout: number): void {
    const ending = this.#driver.end({ timeout }).finally(() => this.#ending.delete(ending));
    this.#ending.add(ending);
  }
}
