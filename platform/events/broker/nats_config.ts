import { InvalidSetting, type SettingsReader } from "@archway/service_kit/setting.ts";
import { customSetting, textSetting } from "@archway/service_kit/setting_types.ts";
import type { NatsCredentials } from "./nats_broker.ts";

/** Configuration of the message broker. May contain a password. */
export interface NatsConfig {
  /** "host:port" of every server. */
  readonly servers: readonly [string, ...string[]];
  readonly credentials?: NatsCredentials;
  /** Whether TLS is required. */
  readonly tls: boolean;
  readonly stream: string;
}

/** Stream names that JetStream accepts, without characters that a shell interprets. */
const STREAM_NAME = /^[A-Za-z0-9_-]{1,255}$/;

const URL_REASON =
  "must be a URL such as nats://user:password@host:4222, with TLS tls://, or several of one cluster, separated by commas";

const SERVERS = customSetting<Omit<NatsConfig, "stream">>("NATS_URL", {
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

/** Settings of the message broker. */
export const NATS_SETTINGS = [SERVERS, STREAM];

/** Reads the configuration of the message broker. Returns undefined if there is none. */
export function readNatsConfig(reader: SettingsReader): NatsConfig | undefined {
  const [servers, stream] = [reader.read(SERVERS), reader.read(STREAM)];
  if (servers !== undefined) return { ...servers, stream };
  if (reader.isSet(STREAM) && !reader.isSet(SERVERS)) reader.reject(STREAM, "requires NATS_URL");
  return undefined;
}

/** Parses the URLs of one cluster: the same scheme in all, and credentials in all (the same) or only in the first. */
function parseUrls(text: string): Omit<NatsConfig, "stream"> | undefined {
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
    tls: first.protocol === "tls:",
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
