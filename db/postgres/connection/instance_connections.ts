import type { PoolStatus } from "../../db.ts";
import type { Connection } from "./connection.ts";
import { Connections } from "./connections.ts";
import type { PoolConfig } from "../pool_config.ts";
import { PoolQuerier, type Watch } from "./pool_querier.ts";

/** How connections to one server are made. */
export interface InstanceConnectionsOptions {
  readonly config: Omit<PoolConfig, "primary" | "replicas">;
  readonly max: number;
  readonly open: () => Promise<Connection>;
  /**
   * Whether a server that refuses a write is not the one to be connected to any more.
   *
   * @default false
   */
  readonly mustWrite?: boolean;
  /** Absent: nobody watches. */
  readonly watch?: Watch | undefined;
}

/** Connections to a server that can be cut at any time, and are opened anew when somebody needs one. */
export class InstanceConnections {
  readonly #options: InstanceConnectionsOptions;
  readonly #ending = new Set<Promise<void>>();
  #current: Connections;
  /** What runs statements until the next {@link cut}. */
  querier: PoolQuerier;

  constructor(options: InstanceConnectionsOptions) {
    this.#options = options;
    this.#current = this.#make();
    this.querier = this.#makeQuerier(this.#current);
  }

  /** What lends connections until the next {@link cut}. */
  get current(): Connections {
    return this.#current;
  }

  get status(): PoolStatus {
    return this.#current.status;
  }

  /** Gives up every connection. What waits for an answer, or for a connection, rejects. */
  cut(): void {
    this.#end(0);
    this.#current = this.#make();
    this.querier = this.#makeQuerier(this.#current);
  }

  /** Tells that the server behind some connections refused a write. Newer ones are not to blame. */
  refusedWrite(connections: Connections): void {
    if (this.#options.mustWrite === true && connections === this.#current) this.cut();
  }

  /** Closes the connections; what runs has so many seconds to end. */
  async end({ timeout }: { readonly timeout: number }): Promise<void> {
    this.#end(timeout);
    await Promise.all(this.#ending);
  }

  #make(): Connections {
    const { config, max, open } = this.#options;
    return new Connections({
      open,
      max,
      maxWaiting: config.maxWaiting ?? 5_000,
      acquireTimeoutMs: config.acquireTimeoutMs ?? 3_000,
      queueTimeoutMs: config.queueTimeoutMs ?? 1_000,
      idleTimeoutMs: config.idleTimeoutMs ?? 60_000,
    });
  }

  #makeQuerier(connections: Connections): PoolQuerier {
    const { watch } = this.#options;
    return new PoolQuerier(connections, { onRefusedWrite: () => this.refusedWrite(connections), watch });
  }

  #end(timeout: number): void {
    const ending = this.#current.end({ timeout }).finally(() => this.#ending.delete(ending));
    this.#ending.add(ending);
  }
}
