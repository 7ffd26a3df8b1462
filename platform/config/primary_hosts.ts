import type { InstanceConfig } from "@archway/db/postgres/pool_config.ts";
import type { SettingsReader } from "@archway/service_kit/setting.ts";
import { PRIMARY } from "./server_settings.ts";

/** At least one server. */
export type PrimaryHosts = readonly [InstanceConfig, ...InstanceConfig[]];

/** Address of a server. */
type Address = Pick<InstanceConfig, "host" | "port">;

/**
 * Reads the servers that may be the primary. Hosts and ports are comma-separated lists of the same length, or one port
 * applies to all hosts. All other settings are shared.
 */
export function readPrimaryHosts(
  reader: SettingsReader,
  readRest: () => Omit<InstanceConfig, keyof Address>,
): PrimaryHosts {
  const hosts = splitList(reader.require(PRIMARY.host, ""));
  const ports = splitList(reader.read(PRIMARY.port)).map(parsePort);
  if (hosts.includes("")) reader.reject(PRIMARY.host, "must be a host, or several separated by commas");
  if (ports.some(Number.isNaN)) {
    reader.reject(PRIMARY.port, "must be an integer from 1 to 65535, or several separated by commas");
  }
  if (ports.length > 1 && ports.length !== hosts.length) {
    reader.reject(PRIMARY.port, `must list one port for all hosts, or one for each of ${PRIMARY.host.name}`);
  }
  const addresses = hosts.map((host, index): Address => ({ host, port: ports[index] ?? ports[0] ?? 5432 }));
  const names = new Set(addresses.map(({ host, port }) => `${host} ${port}`));
  if (names.size < addresses.length) reader.reject(PRIMARY.host, "must not list a server twice");
  const rest = readRest();
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
