import type { ApiModule } from "@archway/server/api_module.ts";
import {
  type Exchange,
  overloaded,
  type RequestObserver,
  type Serve,
} from "@archway/server/request_observer.ts";

/** Failures that clients of a network meet, and that a service cannot be made to show otherwise. */
export type FaultKind = "delay" | "unavailable" | "drop";

/** Fault for the next requests of an operation. */
export interface Fault {
  readonly kind: FaultKind;
  /** Such as "POST /v1/orders"; undefined for every operation. */
  readonly operation: string | undefined;
  /** Number of requests that it still concerns. */
  readonly remaining: number;
  /** Duration of a delay, in milliseconds. */
  readonly delayMs: number;
}

/** Fault that waits for requests. */
export interface ArmedFault extends Fault {
  readonly id: number;
}

interface Operation {
  /** Such as "GET /v1/orders/{id}". */
  readonly name: string;
  readonly method: string;
  readonly pattern: RegExp;
  /** Number of fixed characters: of two that match, the one with more is meant. */
  readonly fixed: number;
}

/** Injects faults into requests, as long as some are armed. Health checks, pages and documents have none. */
export class FaultInjector {
  readonly #armed = new Map<number, ArmedFault>();
  readonly #injected = new WeakMap<Exchange, string>();
  #operations: readonly Operation[] = [];
  #refuse: ((exchange: Exchange) => Response) | undefined;
  #stopping: AbortSignal | undefined;
  #nextId = 1;

  /** Observes the requests of a program, inside of what logs and measures them. */
  readonly observer: RequestObserver = (serve) => (exchange) =>
    this.#armed.size === 0 ? serve(exchange) : this.#serve(exchange, serve);

  /** Begins to know the operations of a program. Delays end when it stops. */
  inspect(modules: readonly ApiModule[], stopping: AbortSignal): void {
    this.#refuse = overloaded(modules);
    this.#stopping = stopping;
    this.#operations = modules.flatMap(({ routes }) => routes.map(({ operation }) => operationOf(operation)))
      .toSorted((a, b) => b.fixed - a.fixed || a.name.localeCompare(b.name));
  }

  /** Names of the operations, in the order of their paths. */
  get operations(): readonly string[] {
    const pathOf = (name: string): string => name.slice(name.indexOf(" "));
    return this.#operations.map(({ name }) => name).toSorted((a, b) => pathOf(a).localeCompare(pathOf(b)));
  }

  get armed(): readonly ArmedFault[] {
    return [...this.#armed.values()];
  }

  arm(fault: Fault): void {
    const id = this.#nextId++;
    this.#armed.set(id, { ...fault, id });
  }

  /** Disarms a fault, or all of them. */
  disarm(id?: number): void {
    if (id === undefined) this.#armed.clear();
    else this.#armed.delete(id);
  }

  /** Returns what was injected into a request; undefined for nothing. */
  injectedInto(exchange: Exchange): string | undefined {
    return this.#injected.get(exchange);
  }

  async #serve(exchange: Exchange, serve: Serve): Promise<Response> {
    const { method, path } = exchange;
    const operation = this.#operations.find((each) => each.method === method && each.pattern.test(path));
    if (operation === undefined) return await serve(exchange);
    const delay = this.#take("delay", operation);
    if (delay !== undefined) {
      this.#note(exchange, `delayed by ${delay.delayMs} ms`);
      await this.#sleep(delay.delayMs);
    }
    if (this.#refuse !== undefined && this.#take("unavailable", operation) !== undefined) {
      this.#note(exchange, "503 without a call of the service");
      exchange.route = operation.name.slice(method.length + 1);
      return this.#refuse(exchange);
    }
    const drop = this.#take("drop", operation);
    const response = await serve(exchange);
    if (drop === undefined) return response;
    this.#note(exchange, "response dropped after the service was done");
    await response.body?.cancel();
    return droppedResponse(response);
  }

  /** Uses up a request of a fault. */
  #take(kind: FaultKind, { name }: Operation): ArmedFault | undefined {
    for (const fault of this.#armed.values()) {
      if (fault.kind !== kind || (fault.operation ?? name) !== name) continue;
      const remaining = fault.remaining - 1;
      if (remaining > 0) this.#armed.set(fault.id, { ...fault, remaining });
      else this.#armed.delete(fault.id);
      return fault;
    }
    return undefined;
  }

  #note(exchange: Exchange, text: string): void {
    const earlier = this.#injected.get(exchange);
    this.#injected.set(exchange, earlier === undefined ? text : `${earlier}, ${text}`);
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        this.#stopping?.removeEventListener("abort", end);
        resolve();
      };
      const timer = setTimeout(end, ms);
      if (this.#stopping?.aborted) end();
      else this.#stopping?.addEventListener("abort", end);
    });
  }
}

function operationOf({ method, path }: { readonly method: string; readonly path: string }): Operation {
  const texts = path.split(/\{[^}]*\}/);
  const source = texts.map((text) => text.replace(/[.*+?^$()[\]|\\]/g, "\\$&")).join("[^/]+");
  return {
    name: `${method} ${path}`,
    method,
    pattern: new RegExp(`^${source}$`),
    fixed: texts.join("").length,
  };
}

/**
 * Returns a response whose body has failed already: the client gets the status line, and then the connection ends; a stream
 * of HTTP/2 is reset. The platform has no way to close a connection without the status line.
 */
function droppedResponse({ status }: Response): Response {
  const body = new ReadableStream({
    start(controller): void {
      controller.error(new Error("The response is dropped by a fault of the cockpit"));
    },
  });
  return new Response(body, { status: [204, 205, 304].includes(status) ? 200 : status });
}
