import { InvalidSetting, type SettingsReader } from "@archway/service_kit/setting.ts";
import { pemSetting } from "@archway/service_kit/pem_setting.ts";
import { customSetting, textSetting } from "@archway/service_kit/setting_types.ts";
import type { NatsCredentials, NatsTls } from "../connect_nats.ts";

/** Configuration of the message broker. May contain a password. */
export interface NatsConfig {
  /** "host:port" of every server. */
  readonly servers: readonly [string, ...string[]];
  readonly credentials?: NatsCredentials;
  /** TLS to the servers; undefined if it is not required. */
  readonly tls: NatsTls | undefined;
  readonly stream: string;
}

/** Content of NATS_URL. */
interface NatsUrl extends Pick<NatsConfig, "servers" | "credentials"> {
  /** Whether TLS is required. */
  readonly isEncrypted: boolean;
}

/** Stream names that JetStream accepts, without characters that a shell interprets. */
const STREAM_NAME = /^[A-Za-z0-9_-]{1,255}$/;

const URL_REASON =
  "must be a URL such as nats://user:password@host:4222, with TLS tls://, or several of one cluster, separated by commas";

const SERVERS = customSetting<NatsUrl>("NATS_URL", {
  type: "URL or list of URLs",
  secret: true,
  example: "nats://user:password@host:4222",
  description: "NATS server with JetStream to which events are published: nats://user:password@host:4222, " +
    "nats://token@host, tls:// with TLS, or several of one cluster. Events are not published if absent.",
  parse: (text) => {
    const parsed = parseUrls(text);
    if (parsed === undefined) throw new InvalidSetting(URL_REASON);
    return parsed;
  },
});
const STREAM = textSetting("NATS_STREAM", {
  default: "archway",
  pattern: [STREAM_NAME, "must consist of letters, digits, _ and -"],
  description: "Stream that stores published events; created if missing.",
});

const TLS_CA_FILE = pemSetting("NATS_TLS_CA_FILE", {
  description: "Certificates in PEM of a private CA, with which tls:// verifies the server.",
});
const TLS_CERT_FILE = pemSetting("NATS_TLS_CERT_FILE", {
  description: "Client certificate in PEM, for a server that requires one.",
});
const TLS_KEY_FILE = pemSetting("NATS_TLS_KEY_FILE", {
  description: "Private key of the client certificate, in PEM.",
});

/** Settings of the message broker. */
export const NATS_SETTINGS = [SERVERS, STREAM, TLS_CA_FILE, TLS_CERT_FILE, TLS_KEY_FILE];

/** Reads the configuration of the message broker. Returns undefined if there is none. */
export function readNatsConfig(reader: SettingsReader): NatsConfig | undefined {
  const [url, stream, tls] = [reader.read(SERVERS), reader.read(STREAM), readTls(reader)];
  if (url === undefined) {
    const lone = NATS_SETTINGS.filter((setting) => reader.isSet(setting));
    if (!reader.isSet(SERVERS)) { for (const setting of lone) reader.reject(setting, "requires NATS_URL"); }
    return undefined;
  }
  const { isEncrypted, ...servers } = url;
  if (!isEncrypted) {
    for (const setting of [TLS_CA_FILE, TLS_CERT_FILE, TLS_KEY_FILE]) {
      if (reader.isSet(setting)) reader.reject(setting, "requires tls:// in NATS_URL");
    }
  }
  return { ...servers, tls: isEncrypted ? tls : undefined, stream };
}

function readTls(reader: SettingsReader): NatsTls {
  const [ca, cert, key] = [reader.read(TLS_CA_FILE), reader.read(TLS_CERT_FILE), reader.read(TLS_KEY_FILE)];
  for (const [setting, other] of [[TLS_CERT_FILE, TLS_KEY_FILE], [TLS_KEY_FILE, TLS_CERT_FILE]] as const) {
    if (reader.isSet(setting) && !reader.isSet(other)) reader.reject(setting, `requires ${other.name}`);
  }
  return {
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && key !== undefined && { client: { cert, key } }),
  };
}

/** Parses the URLs of one cluster: the same scheme in all, and credentials in all (the same) or only in the first. */
function parseUrls(text: string): NatsUrl | undefined {
  const urls = text.split(",").map((part) => URL.parse(part.trim()));
  const [first, ...others] = urls;
  if (first === undefined || first === null || !isUsable(first)) return undefined;
  const servers: string[] = [];
  for (const url of others) {
    if (url === null || !isUsable(url) || url.protocol !== first.protocol) return undefined;
    const same = url.username === first.username && url.password === first.password;
    if (!same && (url.username !== "" || url.password !== "")) return undefined;
    servers.push(serverOf(url));
  }
  const [user, password] = [decode(first.username), decode(first.password)];
  if (user === undefined || password === undefined) return undefined;
  return {
    servers: [serverOf(first), ...servers],
    isEncrypted: first.protocol === "tls:",
    // A token takes the place of the user (NATS, "Connecting").
    ...(user !== "" && { credentials: password === "" ? { token: user } : { user, password } }),
  };
}

function isUsable(url: URL): boolean {
  return (url.protocol === "nats:" || url.protocol === "tls:") && url.hostname !== "" && url.search === "" &&
    url.hash === "" && (url.pathname === "" || url.pathname === "/");
}

function serverOf({ hostname, port }: URL): string {
  return `${hostname}:${port || 4222}`;
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
