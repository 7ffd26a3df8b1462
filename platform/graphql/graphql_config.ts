import { readSettingFile } from "@archway/service_kit/read_setting_file.ts";
import { InvalidSetting, type SettingsReader, type SettingsSection } from "@archway/service_kit/setting.ts";
import {
  booleanSetting,
  customSetting,
  durationSetting,
  integerSetting,
} from "@archway/service_kit/setting_types.ts";
import type { SubscriptionLimits } from "./http/subscriptions.ts";
import type { QueryLimits } from "./limits/enforce_limits.ts";

/** Documents by id. */
export type TrustedDocuments = ReadonlyMap<string, string>;

/** Configuration of GraphQL. */
export interface GraphqlConfig {
  /** Maximum size of a body, in bytes. */
  readonly maxBodyBytes: number;
  readonly limits: QueryLimits;
  readonly subscriptions: SubscriptionLimits;
  /** Whether clients can read the schema; in development alone if undefined. */
  readonly introspection: boolean | undefined;
  /** Documents to which clients are limited; any document if undefined. */
  readonly documents: TrustedDocuments | undefined;
}

const MAX_DEPTH = integerSetting("GRAPHQL_MAX_DEPTH", {
  default: 10,
  min: 1,
  max: 100,
  description: "Maximum nesting of fields in a GraphQL operation.",
});
const MAX_COST = integerSetting("GRAPHQL_MAX_COST", {
  default: 5_000,
  min: 1,
  max: 1_000_000,
  description:
    "Maximum cost of a GraphQL operation: 1 for each object that the response can have, with full pages, and 0.1 for " +
    "each other value.",
});
const MAX_ALIASES = integerSetting("GRAPHQL_MAX_ALIASES", {
  default: 30,
  min: 0,
  max: 10_000,
  description:
    "Maximum number of aliases and repeated fields in a GraphQL operation, those of fragments counted wherever they are " +
    "used.",
});
const MAX_SPREADS = integerSetting("GRAPHQL_MAX_SPREADS", {
  default: 60,
  min: 0,
  max: 10_000,
  description: "Maximum number of fragment spreads in a GraphQL document.",
});
const MAX_DIRECTIVES = integerSetting("GRAPHQL_MAX_DIRECTIVES", {
  default: 50,
  min: 0,
  max: 10_000,
  description: "Maximum number of directives in a GraphQL operation, counted like aliases.",
});
const MAX_TOKENS = integerSetting("GRAPHQL_MAX_TOKENS", {
  default: 2_000,
  min: 10,
  max: 100_000,
  description: "Maximum number of tokens of a GraphQL document: names, values and punctuation.",
});
const MAX_BODY_BYTES = integerSetting("GRAPHQL_MAX_BODY_BYTES", {
  default: 65_536,
  min: 1_024,
  max: 1_073_741_824,
  description:
    "Maximum size of a GraphQL request's body in bytes, instead of `MAX_BODY_BYTES`: values of variables are parsed before " +
    "their types are known.",
});
const MAX_SUBSCRIPTIONS = integerSetting("GRAPHQL_MAX_SUBSCRIPTIONS", {
  default: 20,
  min: 0,
  max: 10_000,
  description: "Maximum number of open GraphQL subscriptions of a caller, in one process.",
});
const SUBSCRIPTION_MAX = durationSetting("GRAPHQL_SUBSCRIPTION_MAX", {
  default: "15m",
  min: "1s",
  description:
    "Maximum duration of a GraphQL subscription. Clients then connect again, with a credential that is still valid.",
});
const INTROSPECTION = booleanSetting("GRAPHQL_INTROSPECTION", {
  defaultRule: "true for `dev`, else false",
  description:
    "Whether clients can read the GraphQL schema. Errors suggest names of fields only if they can.",
});
const DOCUMENTS = customSetting("GRAPHQL_DOCUMENTS", {
  type: "path of a JSON file",
  example: "/etc/archway/documents.json",
  description:
    "GraphQL documents to which clients are limited: an object of texts by id. Requests then have `documentId` instead " +
    "of `query`. Any document is permitted without it.",
  parse: (path): TrustedDocuments => parseDocuments(readSettingFile(path, MAX_FILE_BYTES)),
});

const MAX_FILE_BYTES = 4 * 1024 * 1024;

/** Settings of GraphQL. */
export const GRAPHQL_SETTINGS: SettingsSection = {
  title: "GraphQL",
  settings: [
    MAX_DEPTH,
    MAX_COST,
    MAX_ALIASES,
    MAX_SPREADS,
    MAX_DIRECTIVES,
    MAX_TOKENS,
    MAX_BODY_BYTES,
    MAX_SUBSCRIPTIONS,
    SUBSCRIPTION_MAX,
    INTROSPECTION,
    DOCUMENTS,
  ],
};

/** Reads the configuration of GraphQL. */
export function readGraphqlConfig(reader: SettingsReader): GraphqlConfig {
  return {
    maxBodyBytes: reader.read(MAX_BODY_BYTES),
    limits: {
      maxDepth: reader.read(MAX_DEPTH),
      maxCost: reader.read(MAX_COST),
      maxAliases: reader.read(MAX_ALIASES),
      maxSpreads: reader.read(MAX_SPREADS),
      maxDirectives: reader.read(MAX_DIRECTIVES),
      maxTokens: reader.read(MAX_TOKENS),
    },
    subscriptions: {
      maxPerCaller: reader.read(MAX_SUBSCRIPTIONS),
      maxMs: reader.read(SUBSCRIPTION_MAX),
    },
    introspection: reader.read(INTROSPECTION),
    documents: reader.read(DOCUMENTS),
  };
}

function parseDocuments(text: string): TrustedDocuments {
  let documents: unknown;
  try {
    documents = JSON.parse(text);
  } catch {
    throw new InvalidSetting("names a file that is not JSON");
  }
  const entries = typeof documents === "object" && documents !== null && !Array.isArray(documents)
    ? Object.entries(documents)
    : [];
  if (entries.length === 0 || entries.some(([, value]) => typeof value !== "string")) {
    throw new InvalidSetting("names a file that is no JSON object of documents by id");
  }
  return new Map(entries.map(([id, document]) => [id, String(document)]));
}
