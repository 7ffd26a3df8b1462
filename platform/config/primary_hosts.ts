import type { InstanceConfig } from "@archway/db/postgres/pool_config.ts";
import type { Settings } from "./settings.ts";

/** At least one server. */
export type PrimaryHosts = readonly [InstanceConfig, ...InstanceConfig[]];

const HOST = "POSTGRES_PRIMARY_HOST";
const PORT = "POSTGRES_PRIMARY_PORT";

/** Where a server is reached. */
type Address = Pick<InstanceConfig, "host" | "port">;

/**
 * The servers that may be the primary: `POSTGRES_PRIMARY_HOST` and `POSTGRES_PRIMARY_PORT` are lists, separated by
 * commas and equally long; one port serves all hosts. What else is needed to connect is the same for all.
 */
export function parsePrimaryHosts(
  settings: Settings,
  parseRest: () => Omit<InstanceConfig, keyof Address>,
): PrimaryHosts {
  const hosts = splitList(settings.requiredText(HOST));
  const ports = splitList(settings.text(PORT) ?? "5432").map(parsePort);
  if (hosts.includes("")) settings.reject(HOST, "must be a host, or several separated by commas");
  if (ports.some(Number.isNaN)) {
    settings.reject(PORT, "must be a whole number from 1 to 65535, or several separated by commas");
  }
  if (ports.length > 1 && ports.length !== hosts.length) {
    settings.reject(PORT, `must name one port for all hosts, or as many as ${HOST} names hosts`);
  }
  const addresses = hosts.map((host, index): Address => ({ host, port: ports[index] ?? ports[0] ?? 5432 }));
  const names = new Set(addresses.map(({ host, port }) => `${host} ${port}`));
  if (names.size < addresses.length) settings.reject(HOST, "must not name a server twice");
  const rest = parseRest();
  const [first = { host: "", port: 5432 }, ...others] = addresses;
  return [{ ...rest, ...first }, ...others.map((address) => ({ ...rest, ...address }))];
}

function splitList(text: string): readonly string[] {
  return text.split(",").map((part) => part.trim());
}

function parsePort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : NaN;
  return port >= 1 && port <= 65_535 ? port : NaN;
}
