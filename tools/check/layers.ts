/** A part of a room that knows less than its room may. */
export interface Layer {
  /** Files of the layer. `{name}` in the lists below is the part that `*` matches. */
  readonly of: readonly string[];
  /** Folders and packages that it does not reach, not even through other files. @default [] */
  readonly neverReaches?: readonly string[];
  /** All that it may import itself. @default everything that its room may import */
  readonly imports?: readonly string[];
  readonly why: string;
}

/** Finer boundaries than those of rooms. Tests may cross them. */
export const LAYERS: readonly Layer[] = [
  {
    of: ["*_service/domain/"],
    imports: ["{name}_service/domain/", "db/timestamp.ts", "platform/service_kit/"],
    why: "the domain knows its own rules and values alone",
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
    why: "use cases know neither HTTP nor a driver",
  },
  {
    of: ["platform/events/store/", "platform/events/outbox/"],
    neverReaches: ["platform/events/webhooks/", "platform/events/broker/"],
    why: "the store and the outbox do not know the destinations of events",
  },
];
