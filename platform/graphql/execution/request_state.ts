import DataLoader from "dataloader";
import type {
  CallInput,
  CallProblem,
  CallResult,
  OperationCall,
  OperationCalls,
} from "@archway/server/operation_calls.ts";
import type { RequestContext } from "@archway/server/request_context.ts";
import { CONSISTENCY_TOKEN, type TokenHeader } from "@archway/service_kit/consistency_tokens.ts";
import type { LoadByIds, LoadedList, LoadedResource, LoadLists } from "@archway/service_kit/graphql_face.ts";
import type { StreamedItem, Subscribe } from "@archway/service_kit/streamed_items.ts";

/** Reads of all services for many resources at once. */
export interface AllBatches {
  readonly byId: ReadonlyMap<string, LoadByIds>;
  readonly lists: ReadonlyMap<string, LoadLists>;
  readonly subscriptions: ReadonlyMap<string, Subscribe>;
}

/** Dependencies of {@link RequestState}. */
export interface RequestDependencies {
  readonly calls: OperationCalls;
  readonly batches: AllBatches;
  /** Event after which subscriptions continue, unless their argument names one. */
  readonly lastEventId?: string | undefined;
}

/**
 * Number of turns of the microtask queue for which a batch waits for further reads. Resolvers of one level of a response
 * start within a few turns of each other; the event loop, for which the library would wait, costs several microseconds.
 */
const BATCH_TURNS = 20;

const SETTLED = Promise.resolve();

/** Runs a batch when the resolvers that are ready have added their reads. */
function scheduleBatch(run: () => void): void {
  let turns = BATCH_TURNS;
  const turn = (): void => {
    if (turns-- === 0) run();
    else void SETTLED.then(turn);
  };
  turn();
}

type ResourceLoader = DataLoader<string, LoadedResource | undefined>;
type ListLoader = DataLoader<string, LoadedList | undefined>;

/** State of one GraphQL request, which its resolvers share. */
export class RequestState {
  readonly context: RequestContext;
  readonly #deps: RequestDependencies;
  #headers: TokenHeader;
  #resources = new Map<string, ResourceLoader>();
  #lists = new Map<string, ListLoader>();

  /** @param headers Required freshness of reads. */
  constructor(context: RequestContext, headers: TokenHeader, dependencies: RequestDependencies) {
    this.context = context;
    this.#headers = headers;
    this.#deps = dependencies;
  }

  /** Required freshness of reads: that of the request, or of its last write. */
  get headers(): TokenHeader {
    return this.#headers;
  }

  operation(operationId: string): OperationCall {
    const operation = this.#deps.calls.get(operationId);
    if (operation === undefined) throw new Error(`The server has no operation ${operationId}`);
    return operation;
  }

  /** Calls an operation that reads. */
  read(operationId: string, input: CallInput): Promise<CallResult> {
    return this.operation(operationId).call(this.#asFresh(input), this.context);
  }

  /** Calls an operation that reads one resource; undefined if it is missing. @throws {ReportedProblem} for other problems. */
  async find(operationId: string, input: CallInput): Promise<LoadedResource | undefined> {
    try {
      return resourceOf(await this.read(operationId, input));
    } catch (error) {
      const found = this.#deps.calls.problemOf(error, this.context);
      if (found.problem.status === 404) return undefined;
      throw new ReportedProblem(found);
    }
  }

  /** Calls an operation that writes. Later reads see its changes. */
  async write(operationId: string, input: CallInput): Promise<CallResult> {
    const result = await this.operation(operationId).call(input, this.context);
    const token = result.headers[CONSISTENCY_TOKEN];
    if (typeof token === "string") this.#headers = { [CONSISTENCY_TOKEN]: token };
    this.#resources = new Map();
    this.#lists = new Map();
    return result;
  }

  /**
   * Returns a resource by id, read together with others of its type; undefined if it is missing or outside the access
   * scope of the caller.
   *
   * @param operationId Operation that reads one.
   */
  load(
    type: string,
    id: string,
    { operationId }: { readonly operationId: string },
  ): Promise<LoadedResource | undefined> {
    let loader = this.#resources.get(type);
    if (loader === undefined) {
      loader = this.#resourceLoader(type, operationId);
      this.#resources.set(type, loader);
    }
    return loader.load(id.toLowerCase());
  }

  /** Returns the first page of the list of a parent, read together with those of others; undefined if they are separate. */
  loadList(
    field: string,
    parent: string,
    { operationId, limit, input }: {
      readonly operationId: string;
      readonly limit: number;
      /** Returns the input of a call for this parent; those of others differ in the parent alone. */
      readonly input: () => CallInput;
    },
  ): Promise<LoadedList | undefined> | undefined {
    const load = this.#deps.batches.lists.get(field);
    if (load === undefined) return undefined;
    const key = `${field} ${limit}`;
    let loader = this.#lists.get(key);
    if (loader === undefined) {
      this.operation(operationId).validate(input());
      loader = new DataLoader(async (parents) => {
        await this.operation(operationId).admit(this.context, parents.length);
        const found = await load(parents, { context: this.context, headers: this.#headers, limit });
        return parents.map((one) => found.get(one));
      }, { batchScheduleFn: scheduleBatch });
      this.#lists.set(key, loader);
    }
    return loader.load(parent);
  }

  /**
   * Subscribes to the events of a field, with the rules of an operation.
   *
   * @throws {Error} if no service returns its events.
   */
  async subscribe(
    field: string,
    { operationId, after }: { readonly operationId: string; readonly after: string | undefined },
  ): Promise<AsyncIterableIterator<StreamedItem>> {
    const { batches: { subscriptions }, lastEventId } = this.#deps;
    const subscribe = subscriptions.get(field);
    if (subscribe === undefined) throw new Error(`No service returns events of the subscription ${field}`);
    await this.operation(operationId).admit(this.context, 1);
    return await subscribe({ context: this.context, after: after ?? lastEventId });
  }

  /** Returns the state of the next event of a subscription, which sees the changes up to it. */
  next(): RequestState {
    return new RequestState(this.context, this.#headers, this.#deps);
  }

  #resourceLoader(type: string, operationId: string): ResourceLoader {
    const load = this.#deps.batches.byId.get(type);
    return new DataLoader(async (ids) => {
      const operation = this.operation(operationId);
      if (load === undefined) {
        const reads = ids.map((id) => this.find(operationId, { path: { id } }).catch(asError));
        return await Promise.all(reads);
      }
      await operation.admit(this.context, ids.length);
      const found = await load(ids, { context: this.context, headers: this.#headers });
      return ids.map((id) => found.get(id));
    }, { batchScheduleFn: scheduleBatch });
  }

  #asFresh(input: CallInput): CallInput {
    return { ...input, headers: { ...this.#headers, ...input.headers } };
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error("A read failed", { cause: error });
}

/** Problem of a call that is an error of the request, and has been logged. */
export class ReportedProblem extends Error {
  override readonly name = "ReportedProblem";
  constructor(readonly found: CallProblem) {
    super(found.problem.detail ?? found.problem.title);
  }
}

/** Context of resolvers. A type, not an interface, as the HTTP handler requires an index signature. */
export type ResolverContext = { readonly state: RequestState };

/** Returns the resource in a response, whose body has it as `data`. */
export function resourceOf({ body, headers }: CallResult): LoadedResource {
  const data: unknown = typeof body === "object" && body !== null ? Reflect.get(body, "data") : undefined;
  const etag = headers["ETag"];
  return {
    data: typeof data === "object" && data !== null ? data : {},
    etag: typeof etag === "string" ? etag : undefined,
  };
}
