import {
  InvalidSetting,
  type Setting,
  type SettingsReader,
  type SettingsSection,
} from "@archway/service_kit/setting.ts";
import {
  customSetting,
  durationSetting,
  integerSetting,
  textSetting,
  urlSetting,
} from "@archway/service_kit/setting_types.ts";

/** Access to an object store. */
export interface S3Config {
  /** Undefined for that of AWS in the region. */
  readonly endpoint: URL | undefined;
  readonly region: string;
  readonly accessKeyId: string | undefined;
  readonly secretAccessKey: string | undefined;
  readonly sessionToken: string | undefined;
}

/** Configuration of exports. */
export interface ExportConfig {
  readonly statementTimeoutMs: number;
  /** Maximum number of connections to each server. */
  readonly maxConnections: number;
  readonly s3: S3Config;
}

/** Configuration of the schedule of exports. */
export interface ScheduleConfig {
  /** Directory or address; exports are not scheduled if undefined. */
  readonly target: string | undefined;
  /** Cron expression. */
  readonly cron: string;
}

const TO = textSetting("EXPORT_TO", {
  pattern: [
    /^(?:s3:\/\/[^:@]+|(?!s3:|file:)(?!.*:\/\/).+)$/i,
    "must be the path of a directory, or s3://bucket/prefix without credentials",
  ],
  example: "s3://bucket/archway",
  description:
    "Target of scheduled exports of all data sets, as of `export --to`: a directory, which machines that run jobs have to share, " +
    "or s3://bucket/prefix. Without it, none are scheduled.",
});
const SCHEDULE = textSetting("EXPORT_SCHEDULE", {
  default: "@hourly",
  pattern: [
    /^(?:@(?:hourly|daily|weekly|monthly|yearly)|\S+(?: +\S+){4})$/,
    "must be a cron expression with five fields, such as 30 2 * * *, or a name such as @hourly",
  ],
  description:
    "Times of scheduled exports in UTC, a cron expression. The job `export.all` runs them, one at a time over all processes, " +
    "in a thread of a process that runs jobs.",
});
const STATEMENT_TIMEOUT = durationSetting("EXPORT_STATEMENT_TIMEOUT", {
  default: "5m",
  min: "1s",
  description: "Maximum time of a statement of the command `export`, in place of POSTGRES_STATEMENT_TIMEOUT.",
});
const MAX_CONNECTIONS = integerSetting("EXPORT_MAX_CONNS", {
  default: 2,
  min: 1,
  max: 100,
  description:
    "Maximum number of connections of the command `export` to each server, apart from those of the service.",
});
const S3_ENDPOINT = urlSetting("EXPORT_S3_ENDPOINT", {
  defaultRule: "AWS in EXPORT_S3_REGION",
  example: "https://storage.example.com",
  description:
    "Address of the object store behind s3:// targets; its buckets are the first part of the path.",
});
const S3_REGION = textSetting("EXPORT_S3_REGION", {
  default: "us-east-1",
  pattern: [/^[a-z0-9-]{1,64}$/, "must consist of lower-case letters, digits and hyphens"],
  description: "Region of the object store.",
});
const S3_ACCESS_KEY_ID = textSetting("EXPORT_S3_ACCESS_KEY_ID", {
  example: "AKIAIOSFODNN7EXAMPLE",
  pattern: [/^[\x21-\x7e]+$/, "must consist of printable characters of ASCII, without spaces"],
  description: "Access key of the object store, which may read, write, list and delete in the prefix.",
});
const S3_SECRET_ACCESS_KEY = credentialSetting("EXPORT_S3_SECRET_ACCESS_KEY", "Secret of the access key.");
const S3_SESSION_TOKEN = credentialSetting(
  "EXPORT_S3_SESSION_TOKEN",
  "Session token of temporary credentials.",
);

/** Settings of exports. */
export const EXPORT_SETTINGS: SettingsSection = {
  title: "Export",
  note: "Only the command `export` reads these, and exports that are scheduled.",
  settings: [
    ...[TO, SCHEDULE],
    ...[STATEMENT_TIMEOUT, MAX_CONNECTIONS, S3_ENDPOINT, S3_REGION],
    ...[S3_ACCESS_KEY_ID, S3_SECRET_ACCESS_KEY, S3_SESSION_TOKEN],
  ],
};

/** Reads the configuration of the schedule of exports. */
export function readScheduleConfig(reader: SettingsReader): ScheduleConfig {
  return { target: reader.read(TO), cron: reader.read(SCHEDULE) };
}

/** Reads the configuration of exports. */
export function readExportConfig(reader: SettingsReader): ExportConfig {
  return {
    statementTimeoutMs: reader.read(STATEMENT_TIMEOUT),
    maxConnections: reader.read(MAX_CONNECTIONS),
    s3: {
      endpoint: reader.read(S3_ENDPOINT),
      region: reader.read(S3_REGION),
      accessKeyId: reader.read(S3_ACCESS_KEY_ID),
      secretAccessKey: reader.read(S3_SECRET_ACCESS_KEY),
      sessionToken: reader.read(S3_SESSION_TOKEN),
    },
  };
}

/** Returns a secret setting. What no header can have is refused here, since errors of headers quote it. */
function credentialSetting(name: string, description: string): Setting<string | undefined> {
  return customSetting(name, {
    ...{ type: "secret", secret: true, description },
    parse(text): string {
      if (/^[\x20-\x7e]+$/.test(text)) return text;
      throw new InvalidSetting("must consist of printable characters of ASCII, without line breaks");
    },
  });
}
