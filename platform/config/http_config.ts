import type { SettingsReader } from "@archway/service_kit/setting.ts";
import {
  booleanSetting,
  durationSetting,
  integerSetting,
  urlSetting,
} from "@archway/service_kit/setting_types.ts";
import { ADMISSION_SETTINGS } from "./admission_config.ts";
import { hostSetting } from "./host_setting.ts";
import { isLoopback } from "./is_loopback.ts";
import { LISTENER_SETTINGS } from "./listener_config.ts";
import { WORKERS_SETTINGS } from "./workers_config.ts";

/** Address, timeouts and sizes of the HTTP server. */
export interface HttpConfig {
  readonly host: string;
  /** 0 means any free port. */
  readonly port: number;
  /** Base URL as clients see it; that of the request if undefined. */
  readonly publicUrl: URL | undefined;
  readonly readTimeoutMs: number;
  readonly writeTimeoutMs: number;
  readonly drainWaitMs: number;
  readonly maxBodyBytes: number;
  /** Minimum size of a compressed response, in bytes; 0 disables compression. */
  readonly compressMinBytes: number;
  /** Whether the OpenAPI documents are served. */
  readonly documents: boolean;
  /** Whether `/` describes the service. */
  readonly landingPage: boolean;
  /** Whether `/docs` shows the OpenAPI documents. */
  readonly apiReference: boolean;
}

const HOST = hostSetting("HOST", {
  default: "127.0.0.1",
  description: "Address to listen on; 0.0.0.0 for all, in a container for example.",
});
const PORT = integerSetting("PORT", {
  default: 8080,
  min: 0,
  max: 65_535,
  description: "Port to listen on; 0 takes any free port.",
});
const PUBLIC_URL = urlSetting("PUBLIC_URL", {
  example: "https://api.example/base",
  description: "Base URL as clients see it, if a proxy changes it: used in links.",
});
const READ_TIMEOUT = durationSetting("READ_TIMEOUT", {
  default: "15s",
  min: "1ms",
  description: "Maximum time to receive a body, and with SLOW_CLIENT_GUARD a head.",
});
const WRITE_TIMEOUT = durationSetting("WRITE_TIMEOUT", {
  default: "30s",
  min: "1ms",
  description: "Deadline of a request, from its head to the end of its response.",
});
const MAX_BODY_BYTES = integerSetting("MAX_BODY_BYTES", {
  default: 1_048_576,
  min: 1024,
  max: 1_073_741_824,
  description: "Maximum size of a request body in bytes; an operation can set its own by x-max-body-bytes.",
});
const COMPRESS_MIN_BYTES = integerSetting("COMPRESS_MIN_BYTES", {
  default: 0,
  min: 0,
  max: 1_073_741_824,
  description:
    "Size in bytes from which responses are compressed for clients that accept gzip; 0 disables it.",
});
const OPENAPI_DOCUMENTS = booleanSetting("OPENAPI_DOCUMENTS", {
  default: true,
  description:
    "Whether to serve the OpenAPI documents at /openapi and /.well-known/api-catalog, to everyone.",
});
const LANDING_PAGE = booleanSetting("LANDING_PAGE", {
  default: true,
  description: "Whether / describes the service: version, kind of database, documents and links.",
});
const API_REFERENCE = booleanSetting("API_REFERENCE", {
  defaultRule: "true if HOST is loopback, else false",
  description: "Whether /docs is an interactive reference of the documents; it needs OPENAPI_DOCUMENTS.",
});
const SHUTDOWN_WAIT = durationSetting("SHUTDOWN_WAIT", {
  default: "0s",
  description: "On SIGTERM, how long to serve on while /readyz returns 503, so that load balancers notice.",
});
export const SHUTDOWN_TIMEOUT = durationSetting("SHUTDOWN_TIMEOUT", {
  default: "10s",
  description: "After that, maximum time for requests in flight.",
});

export const HTTP_SETTINGS = [
  HOST,
  PORT,
  ...WORKERS_SETTINGS,
  PUBLIC_URL,
  ...LISTENER_SETTINGS,
  READ_TIMEOUT,
  WRITE_TIMEOUT,
  ...ADMISSION_SETTINGS,
  MAX_BODY_BYTES,
  COMPRESS_MIN_BYTES,
  OPENAPI_DOCUMENTS,
  LANDING_PAGE,
  API_REFERENCE,
  SHUTDOWN_WAIT,
  SHUTDOWN_TIMEOUT,
];

/** Reads address, timeouts and sizes of the HTTP server. */
export function readHttpConfig(reader: SettingsReader): HttpConfig {
  const host = reader.read(HOST);
  return {
    host,
    port: reader.read(PORT),
    publicUrl: reader.read(PUBLIC_URL),
    readTimeoutMs: reader.read(READ_TIMEOUT),
    writeTimeoutMs: reader.read(WRITE_TIMEOUT),
    drainWaitMs: reader.read(SHUTDOWN_WAIT),
    maxBodyBytes: reader.read(MAX_BODY_BYTES),
    compressMinBytes: reader.read(COMPRESS_MIN_BYTES),
    documents: reader.read(OPENAPI_DOCUMENTS),
    landingPage: reader.read(LANDING_PAGE),
    apiReference: reader.readOr(API_REFERENCE, isLoopback(host)),
  };
}
