import type { Problem } from "./problem.ts";
import type { Route } from "./operation.ts";
import type { OperationCalls } from "./operation_calls.ts";

/** Problem type, documented at `/problems/<slug>`. */
export interface ProblemType {
  /** Last segment of the `type` URI, kebab-case, e.g. "email-taken". */
  readonly slug: string;
  readonly title: string;
  readonly status: number;
  /** One or two sentences for the page: the cause and what a client can do. */
  readonly detail: string;
  /**
   * Whether the request itself is invalid, independent of the current state. It then does not use up its
   * `Idempotency-Key` and can be corrected.
   *
   * @default false
   */
  readonly validation?: boolean;
}

/** Two APIs that cannot be served together; the message is one line with the reason and the correction. */
export class ApiConflictError extends Error {
  override readonly name = "ApiConflictError";
}

/** Contribution of a service to the server: routes, OpenAPI document and error mapping. */
export interface ApiModule {
  /** Short name for logs and the document's address, e.g. "profile". */
  readonly name: string;
  /** Routes of the generated code, bound to the service. */
  readonly routes: readonly Route[];
  /** OpenAPI document as JSON text, served at `/openapi/<name>.json` and, as YAML, at `/openapi/<name>.yaml`. */
  readonly document: string;
  /**
   * Whether it belongs to a capability that services share, so that lists and `/docs` begin with those of the services.
   *
   * @default false
   */
  readonly isShared?: boolean;
  /** Problem types of the service, in addition to the server's own. */
  readonly problemTypes: readonly ProblemType[];
  /** Converts a domain error to a problem; undefined for any other error. */
  problemOf(error: unknown): Problem | undefined;
  /** Receives the operations of all APIs of a server before it serves, for routes that call them. */
  connect?(operations: OperationCalls): void;
}

/** Returns APIs in their order, those of capabilities after those of services. */
export function ownFirst<Api extends Pick<ApiModule, "isShared">>(apis: readonly Api[]): readonly Api[] {
  return apis.toSorted((one, other) => Number(one.isShared ?? false) - Number(other.isShared ?? false));
}
