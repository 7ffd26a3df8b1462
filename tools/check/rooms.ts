/** Folder with an import boundary, or file at the top of the tree. */
export interface Room {
  /** Path of the folder, ending with `/`, or of the file. `*` matches any name. */
  readonly path: string;
  /**
   * Paths of the rooms that it may import, in addition to itself. `{name}` is the part that `*` in its own path matches.
   * Tests may import more.
   */
  readonly imports: readonly string[];
  /** Rooms that not even its tests may import. @default [] */
  readonly never?: readonly string[];
  /** Files in it that may import more. @default {} */
  readonly also?: Readonly<Record<string, readonly string[]>>;
  /** Only file in it that others may import. @default every file directly in the folder */
  readonly door?: string;
  /** Rooms whose tests may import it; limited so that it can be removed with its folder. @default every room */
  readonly inTestsOf?: readonly string[];
  /** Room that it is a wing of. Imports between the two are relative, and they share their tables. @default none */
  readonly wingOf?: string;
  /** Whether it may import every file of other rooms, not only their doors. @default false */
  readonly passesDoors?: true;
  /** Whether it contains only tests. @default false */
  readonly testsOnly?: true;
}

/** Rooms that are neither a service nor a capability. */
const BASE = [
  "db/",
  "db/postgres/",
  "db/embedded/",
  "db/copy/",
  "server/",
  "platform/service_kit/",
  "platform/config/",
  "platform/observability/",
];

/**
 * Rooms of the tree and their permitted imports, as an allow list. Unlisted folders and files are rejected. Services need
 * no entry of their own. docs/architecture.md shows the same table.
 */
export const ROOMS: readonly Room[] = [
  { path: "server/", imports: [] },
  { path: "db/", imports: [] },
  { path: "db/postgres/", wingOf: "db/", imports: ["db/"] },
  { path: "db/embedded/", wingOf: "db/", imports: ["db/", "db/postgres/"] },
  { path: "db/copy/", wingOf: "db/", imports: ["db/"] },
  { path: "api/*/", inTestsOf: ["*_service/", "platform/events/"], imports: ["server/"] },
  // Clients are published, so they must not depend on the program.
  { path: "api/clients/", inTestsOf: ["*_service/", "platform/events/"], imports: [] },
  { path: "platform/service_kit/", imports: ["db/", "server/"] },
  { path: "platform/config/", imports: ["db/", "db/postgres/", "server/", "platform/service_kit/"] },
  { path: "platform/observability/", imports: ["db/", "server/", "platform/service_kit/"] },
  // The engine underneath events and jobs.
  { path: "platform/queue/", imports: ["db/", "server/", "platform/service_kit/"] },
  // For developers, and removable: nothing imports it.
  {
    path: "platform/cockpit/",
    inTestsOf: ["services.ts", "*_service/"],
    imports: ["db/", "server/", "platform/service_kit/"],
  },
  {
    path: "platform/jobs/",
    inTestsOf: ["services.ts", "*_service/"],
    imports: ["db/", "server/", "platform/service_kit/", "platform/queue/"],
  },
  {
    path: "platform/events/",
    inTestsOf: ["services.ts", "*_service/"],
    imports: ["db/", "platform/service_kit/", "platform/queue/"],
    also: {
      "platform/events/module.ts": ["server/", "api/webhookapi/"],
      "platform/events/webhooks/management/http/": ["server/", "api/webhookapi/"],
    },
  },
  {
    path: "platform/privacy/",
    inTestsOf: ["services.ts", "*_service/"],
    imports: ["db/", "server/", "platform/service_kit/"],
  },
  {
    path: "platform/graphql/",
    inTestsOf: ["services.ts"],
    imports: ["server/", "platform/service_kit/"],
  },
  {
    path: "platform/mcp/",
    inTestsOf: ["services.ts"],
    imports: ["server/", "platform/service_kit/"],
  },
  {
    path: "platform/export/",
    inTestsOf: ["services.ts", "*_service/"],
    imports: ["db/", "server/", "platform/service_kit/"],
  },
  { path: "platform/conformance/", imports: ["server/", "platform/service_kit/"] },
  { path: "platform/program/", imports: [...BASE, "platform/conformance/"] },
  {
    path: "*_service/",
    door: "module.ts",
    inTestsOf: ["services.ts", "*_service/", "docs/examples/"],
    imports: [
      "db/",
      "server/",
      "platform/service_kit/",
      "platform/events/",
      "platform/jobs/",
      "api/{name}api/",
      "api/{name}_*/",
    ],
  },
  { path: "services.ts", imports: ["*_service/", "config.ts", "platform/*/"] },
  // For its version.
  { path: "deno.json", imports: [] },
  {
    path: "config.ts",
    imports: ["deno.json", "platform/config/", "platform/program/", "platform/service_kit/"],
  },
  { path: "main.ts", imports: ["services.ts", "config.ts", "platform/program/"] },
  // Benchmarks and test support use inner parts of rooms.
  {
    path: "tools/",
    imports: [...BASE, "platform/conformance/", "platform/program/", "services.ts", "config.ts"],
    never: ["tests/"],
    passesDoors: true,
  },
  { path: "tests/", imports: [], testsOnly: true },
  { path: "deployment/", imports: [], testsOnly: true },
  { path: "docs/", imports: [], testsOnly: true },
  // Programs that are run by hand and by tests; each leaves with the service that its README names.
  { path: "docs/examples/", imports: [], testsOnly: true },
];
