/** State of a dependency of the program. "degraded": the program can serve without it. */
export interface HealthCheck {
  readonly name: string;
  readonly status: "ok" | "degraded" | "unavailable";
  /** Reason for a status other than "ok", without secrets. */
  readonly reason?: string;
}

/** Checks the dependencies of the program in bounded time. A rejection counts as unavailable. */
export type ReadinessCheck = () => Promise<readonly HealthCheck[]>;

/** Body of `/livez` and `/readyz`. */
export interface Health {
  readonly status: HealthCheck["status"];
  readonly checks?: readonly HealthCheck[];
}
