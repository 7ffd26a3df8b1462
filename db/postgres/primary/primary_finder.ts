import { DatabaseError } from "../../errors.ts";
import { Connection } from "../connection/connection.ts";
import { toDatabaseError } from "../connection/to_database_error.ts";
import type { InstanceConfig, PoolConfig } from "../pool_config.ts";
import type { PrimaryCandidate } from "./primary_candidate.ts";

/** What {@link PrimaryFinder} works with. */
export interface PrimaryFinderOptions {
  readonly config: PoolConfig;
  /** Called when another server has become the primary: connections to the one before are of no more use. */
  readonly onMoved: () => void;
}

/** How long servers that have not answered yet are waited for once one accepts writes, in milliseconds. */
const othersMs = 300;

/**
 * Knows which of several servers is the primary: the one that accepts writes, and where two do, the one on the newer
 * timeline. The other was the primary until a standby was promoted, and came back without having been told.
 */
export class PrimaryFinder implements Disposable {
  readonly #candidates: readonly PrimaryCandidate[];
  readonly #options: PrimaryFinderOptions;
  #current: InstanceConfig | undefined;
  #search: Promise<InstanceConfig> | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #disposed = false;

  constructor(candidates: readonly PrimaryCandidate[], options: PrimaryFinderOptions) {
    this.#options = options;
    this.#candidates = candidates;
  }

  /** The primary as far as it is known. */
  get current(): InstanceConfig | undefined {
    return this.#current;
  }

  /** Opens a connection to the primary. Rejects with code "unavailable" while no server accepts writes. */
  async open(): Promise<Connection> {
    this.#watch();
    const known = this.#current;
    if (known !== undefined) {
      const connection = await this.#connect(known);
      if (connection !== undefined) return connection;
      if (this.#current === known) this.#current = undefined;
    }
    const connection = await this.#connect(await this.find());
    if (connection !== undefined) return connection;
    throw noPrimary();
  }

  /** Asks every server which one is the primary. Those who ask at the same time share the answer. */
  find(): Promise<InstanceConfig> {
    this.#search ??= this.#ask().finally(() => this.#search = undefined);
    return this.#search;
  }

  [Symbol.dispose](): void {
    this.#disposed = true;
    clearTimeout(this.#timer);
  }

  async #connect(instance: InstanceConfig): Promise<Connection | undefined> {
    const { config } = this.#options;
    const connection = await Connection.open(instance, { config, readOnly: false }).catch(() => undefined);
    if (connection?.refusesWrites !== true) return connection;
    void connection.close();
    return undefined;
  }

  async #ask(): Promise<InstanceConfig> {
    let best: { readonly instance: InstanceConfig; readonly timeline: number } | undefined;
    const found = Promise.withResolvers<void>();
    const asked = this.#candidates.map(async (candidate) => {
      const { acceptsWrites, timeline } = await candidate.ask();
      if (!acceptsWrites) return;
      if (best === undefined || timeline > best.timeline) best = { instance: candidate.instance, timeline };
      found.resolve();
    });
    const all = Promise.allSettled(asked);
    await Promise.race([all, found.promise]);
    if (best === undefined) await all;
    // In two halves: where this process itself stood still for so long, what has arrived meanwhile is read in between.
    else await Promise.race([all, pause(othersMs / 2).then(() => pause(othersMs / 2))]);
    if (best === undefined) throw noPrimary(this.#reasons(await all));
    this.#note(best.instance);
    return best.instance;
  }

  /** Why each is not the primary, for who runs the program. */
  #reasons(answers: readonly PromiseSettledResult<void>[]): string {
    return this.#candidates.map(({ instance: { host, port } }, index) => {
      const answer = answers[index];
      return `${host}:${port}: ${
        answer?.status === "rejected" ? reasonOf(answer.reason) : "it takes no writes"
      }`;
    }).join("; ");
  }

  #note(instance: InstanceConfig): void {
    const before = this.#current;
    this.#current = instance;
    if (before !== undefined && before !== instance) this.#options.onMoved();
  }

  /** Looks now and then whether the primary has moved: one that stands still does not close its connections. */
  #watch(): void {
    if (this.#timer !== undefined || this.#disposed) return;
    const intervalMs = this.#options.config.replicaProbeIntervalMs ?? 1_000;
    this.#timer = setTimeout(() => {
      this.find().catch(() => undefined).finally(() => {
        this.#timer = undefined;
        this.#watch();
      });
    }, intervalMs * (0.75 + Math.random() / 2));
    Deno.unrefTimer(this.#timer);
  }
}

async function pause(milliseconds: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
}

function noPrimary(reasons?: string): DatabaseError {
  const options = reasons === undefined ? {} : { cause: new Error(reasons) };
  return new DatabaseError("unavailable", "None of the primary's hosts accepts writes", options);
}

/** What the server or the system said, which carries neither SQL nor values. */
function reasonOf(error: unknown): string {
  const { message, cause } = toDatabaseError(error);
  return cause instanceof Error ? cause.message : message;
}
