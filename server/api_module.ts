import type { Problem } from "./problem.ts";
import type { Route } from "./operation.ts";

/** A kind of problem, and the page that explains it at `/problems/<slug>`. */
export interface ProblemType {
  /** The last segment of the `type` URI, kebab-case, e.g. "email-taken". */
  readonly slug: string;
  readonly title: string;
  readonly status: number;
  /** One or two sentences for the page: what happened and what a client can do. */
  readonly detail: string;
  /**
   * Whether the request is wrong by itself, whatever the state of things: then it does not use up its
   * `Idempotency-Key`, and can be corrected.
   *
   * @default false
   */
  readonly validation?: boolean;
}

/** What a service brings to the server: its routes, its document and its error table. */
export interface ApiModule {
  /** A short name for logs and for the document's address, e.g. "profile". */
  readonly name: string;
  /** The routes of the generated code, bound to the service. */
  readonly routes: readonly Route[];
  /** The OpenAPI document as JSON text; served at `/openapi/<name>.json`. */
  readonly document: string;
  /** The problem types the service adds to the server's own. */
  readonly problemTypes: readonly ProblemType[];
  /** Turns a domain error into a problem; undefined: not one of the service's errors. */
  problemOf(error: unknown): Problem | undefined;
}
