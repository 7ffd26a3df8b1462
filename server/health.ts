/** How something that the program needs is doing. "degraded": the program can serve without it. */
export interface HealthCheck {
  readonly name: string;
  readonly status: "ok" | "degraded" | "unavailable";
  /** Why it is not "ok", in words without secrets. */
  readonly reason?: string;
}

/** Looks after what the program needs, in bounded time. One that rejects counts as unavailable. */
export type ReadinessCheck = () => Promise<readonly HealthCheck[]>;

/** The body of `/livez` and `/readyz`. */
export interface Health {
  readonly status: HealthCheck["status"];
  readonly checks?: readonly HealthCheck[];
}
