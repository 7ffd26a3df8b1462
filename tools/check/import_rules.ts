import { type ImportGraph, reachableFrom } from "./import_graph.ts";

/** A boundary of the house: files that match `of` must not import what matches `not`. */
interface ImportRule {
  readonly of: RegExp;
  readonly not: RegExp;
  /** Also through other files. */
  readonly transitive?: true;
  readonly why: string;
}

const SERVICE = "[a-z]+_service/";
const TEST = /_test\.ts$|\/testing\/|^e2e\//;

/** The boundaries. Tests may cross them: they build what main.ts builds. */
const RULES: readonly ImportRule[] = [
  {
    of: /^server\//,
    not: new RegExp(
      `^(${SERVICE}|db/|api/|signing/|auth/|limits/|consistency/|idempotency/|event_store/|config|main\\.ts|tools/)`,
    ),
    why: "server/ knows HTTP and no service",
  },
  {
    of: /^db\//,
    not: new RegExp(`^(${SERVICE}|server/|api/|signing/|auth/|consistency/|config|main\\.ts|tools/|@hono)`),
    why: "db/ knows databases and no service",
  },
  {
    of: /^db\/copy\//,
    not: /^db\/(postgres|embedded)\//,
    why: "db/copy/ speaks SQL to two databases and does not know what stands behind them",
  },
  {
    of: new RegExp(`^${SERVICE}app\\.ts$`),
    not: /^(server\/|api\/|consistency\/|db\/(postgres|embedded)\/|@hono|postgres$|@electric-sql)/,
    transitive: true,
    why: "use cases know neither HTTP nor a driver",
  },
  {
    of: new RegExp(`^${SERVICE}`),
    not: /^(db\/(postgres|embedded)\/|config|main\.ts|tools\/|postgres$|@electric-sql)/,
    why: "which database stands behind a service is decided in main.ts",
  },
  {
    of: /^api\//,
    not: /^(?!server\/|api\/)/,
    why: "generated code needs the server's types and nothing else",
  },
  {
    of: /^auth\//,
    not: new RegExp(`^(${SERVICE}|db/|api/|config|@hono)`),
    why: "auth/ knows tokens and no service",
  },
  {
    of: /^(?!auth\/|tools\/)/,
    not: /^jose$/,
    why: "auth/ alone knows what a token looks like",
  },
  {
    of: /^limits\//,
    not: new RegExp(`^(${SERVICE}|db/|api/|config|@hono)`),
    why: "limits/ counts and knows no service",
  },
  {
    of: /^(?!limits\/|tools\/)/,
    not: /^(rate-limiter-flexible|ioredis)$/,
    why: "limits/ alone knows where requests are counted",
  },
  {
    of: /^(?!db\/postgres\/|tools\/)/,
    not: /^postgres$/,
    why: "db/postgres/ is the only adapter to the driver",
  },
  {
    of: /^(?!db\/embedded\/|tools\/)/,
    not: /^@electric-sql/,
    why: "db/embedded/ is the only adapter to PGlite",
  },
  {
    of: /^consistency\//,
    not: new RegExp(`^(${SERVICE}|db/(postgres|embedded)/|api/|config|@hono)`),
    why: "consistency/ stands between a service and whatever database it has",
  },
  {
    of: /^idempotency\//,
    not: new RegExp(`^(${SERVICE}|db/(postgres|embedded)/|api/|event_store/|config|@hono)`),
    why: "idempotency/ keeps keys for whatever operation and database",
  },
  {
    of: /^paging\//,
    not: new RegExp(`^(${SERVICE}|server/|db/(postgres|embedded)/|api/|config|@hono)`),
    why: "paging/ is about lists, of whichever service",
  },
  {
    of: /^ownership\//,
    not: new RegExp(`^(${SERVICE}|db/(postgres|embedded)/|api/|config|@hono)`),
    why: "ownership/ is about owners, of whatever a service keeps",
  },
  {
    of: /^event_store\//,
    not: new RegExp(`^(${SERVICE}|server/|db/(postgres|embedded)/|api/|config|@hono)`),
    why: "event_store/ keeps events for whatever service and database",
  },
  {
    of: /^(outbox|webhooks|broker|worker)\//,
    not: new RegExp(
      `^(${SERVICE}|server/|db/(postgres|embedded|copy)/|api/|auth/|consistency/|config|program/|@hono)`,
    ),
    why: "events leave without it being known what they are about, or over which database",
  },
  {
    of: /^(outbox|worker)\//,
    not: /^(webhooks|broker)\//,
    why: "outbox/ and worker/ do not know where events go",
  },
  {
    of: /^(?!broker\/|tools\/)/,
    not: /^@nats-io\//,
    why: "broker/ alone knows which broker there is",
  },
  {
    of: /^(?!webhooks\/|tools\/)/,
    not: /^standardwebhooks$/,
    why: "webhooks/ alone signs what webhooks are told",
  },
  {
    of: /^(?!telemetry\/|program\/|tools\/)/,
    not: /^telemetry\//,
    why: "server/, db/ and services offer hooks; program/ gives them what watches",
  },
  {
    of: /^(?!telemetry\/|tools\/)/,
    not: /^@opentelemetry\//,
    why: "telemetry/ alone knows how spans and metrics are made",
  },
  {
    of: /^(telemetry|admin|logging)\//,
    not: new RegExp(`^(${SERVICE}|db/(postgres|embedded|copy)/|api/|signing/|consistency/|@hono)`),
    why: "what watches the program knows no service and no driver",
  },
  { of: /^(?!tools\/)/, not: /^tools\//, why: "tools/ is for developers and not part of the program" },
  { of: /^(?!main\.ts$)/, not: /^main\.ts$/, why: "main.ts is the root" },
  {
    of: /^(signing\/|time\/|addresses\/|config)/,
    not: /^(server|api|[a-z]+_service)\//,
    why: "it stands on its own",
  },
];

/** Every import that crosses a boundary, as a line for people. */
export function brokenImportRules(graph: ImportGraph): readonly string[] {
  const broken: string[] = [];
  for (const [file, targets] of graph) {
    if (TEST.test(file)) continue;
    for (const rule of RULES.filter(({ of }) => of.test(file))) {
      const ways = rule.transitive
        ? [...reachableFrom(graph, file).values()].filter((way) => way.length > 1)
        : targets.map((target) => [file, target]);
      for (const way of ways.filter((way) => rule.not.test(way.at(-1) ?? ""))) {
        broken.push(`${way.join(" -> ")}: ${rule.why}`);
      }
    }
    broken.push(...crossesServices(file, targets));
  }
  return broken;
}

function crossesServices(file: string, targets: readonly string[]): readonly string[] {
  const [service] = new RegExp(`^${SERVICE}`).exec(file) ?? [];
  if (service === undefined) return [];
  return targets
    .filter((target) => new RegExp(`^${SERVICE}`).test(target) && !target.startsWith(service))
    .map((target) => `${file} -> ${target}: services do not know each other`);
}
