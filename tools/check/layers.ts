/** Part of a room with stricter import rules than the room. */
export interface Layer {
  /** Files of the layer. `{name}` in the lists below is the part that `*` matches. */
  readonly of: readonly string[];
  /** Folders and packages that it must not reach, not even through other files. @default [] */
  readonly neverReaches?: readonly string[];
  /** Complete list of its permitted direct imports. @default everything that its room may import */
  readonly imports?: readonly string[];
  readonly why: string;
}

/** Boundaries within rooms. Tests may cross them. */
export const LAYERS: readonly Layer[] = [
  {
    of: ["*_service/domain/"],
    imports: ["{name}_service/domain/", "db/timestamp.ts", "platform/service_kit/"],
    why: "the domain depends only on itself, timestamps and the service kit",
  },
  {
    of: [
      "*_service/domain/",
      "*_service/app.ts",
      "*_service/app/",
      "*_service/use_cases/",
      "*_service/ports.ts",
      "*_service/ports/",
    ],
    neverReaches: [
      "server/",
      "api/",
      "db/postgres/",
      "db/embedded/",
      "@hono/hono",
      "postgres",
      "@electric-sql/pglite",
      "node:http",
      "node:net",
    ],
    why: "use cases must not depend on HTTP or a driver",
  },
  {
    of: ["db/postgres/wire/"],
    neverReaches: [
      "db/postgres/migration/",
      "db/postgres/primary/",
      "db/postgres/replica/",
      "db/postgres/transaction/",
      "postgres",
    ],
    why: "the client of the protocol must not depend on the pool or on another driver",
  },
  {
    of: ["platform/events/store/", "platform/events/outbox/"],
    neverReaches: ["platform/events/webhooks/", "platform/events/broker/"],
    why: "the store and the outbox must not depend on the destinations of events",
  },
];
