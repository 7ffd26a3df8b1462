import type { CockpitState } from "../cockpit_state.ts";

/** Request for an endpoint. */
export interface ViewRequest {
  readonly state: CockpitState;
  /** Values of the placeholders of the path. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** Body of a POST as JSON; undefined if it has none. */
  readonly body: unknown;
}

/** Endpoint of a view, below /_dev/api. */
export interface ViewEndpoint {
  readonly method: "GET" | "POST";
  /** Such as "/requests/{id}". */
  readonly path: string;
  /** Returns a value for JSON, or a response such as a stream. */
  handle(request: ViewRequest): unknown;
}

/** Request that an endpoint cannot serve, with the status and the reason for the page. */
export class ViewError extends Error {
  override readonly name = "ViewError";
  constructor(readonly status: number, message: string) {
    super(message);
  }
}

/** Returns a field of a body. */
export function fieldOf(body: unknown, name: string): unknown {
  return typeof body === "object" && body !== null ? Reflect.get(body, name) : undefined;
}
