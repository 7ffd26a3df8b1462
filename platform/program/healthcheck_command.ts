import { readAdminConfig } from "@archway/config/admin_config.ts";
import { ConfigError } from "@archway/config/config.ts";
import type { EnvironmentReader } from "@archway/config/environment_reader.ts";
import { readHttpConfig } from "@archway/config/http_config.ts";
import { readListenerConfig } from "@archway/config/listener_config.ts";
import { readTrustedProxies } from "@archway/config/trusted_proxies.ts";
import { TrustedProxies } from "@archway/server/addresses.ts";
import { print } from "./print.ts";
import { requestStatus, type Target } from "./request_status.ts";
import { commandUsage } from "./usage.ts";

/** Addresses that listen on all interfaces, and the one to connect to instead. */
const UNSPECIFIED: Readonly<Record<string, string>> = { "0.0.0.0": "127.0.0.1", "::": "::1", "[::]": "::1" };

/**
 * `healthcheck`: requests /readyz of the running program, or with --live /livez, for a container without an HTTP client.
 *
 * @returns 0 if the program is healthy, 1 if it is not or does not respond, 2 for invalid arguments.
 */
export async function healthcheck(
  args: readonly string[],
  { project, reader }: { readonly project: string; readonly reader: EnvironmentReader },
): Promise<number> {
  if (args.some((arg) => arg !== "--live" && arg !== "--worker")) {
    await print(Deno.stderr, commandUsage(project, "healthcheck"));
    return 2;
  }
  const path = args.includes("--live") ? "/livez" : "/readyz";
  const target = args.includes("--worker") ? workerTarget(reader, path) : serverTarget(reader, path);
  if (reader.errors.length > 0) throw new ConfigError(reader.errors);
  try {
    const status = await requestStatus(target);
    await print(status === 200 ? Deno.stdout : Deno.stderr, `${path} responded with ${status}\n`);
    return status === 200 ? 0 : 1;
  } catch (error) {
    const reason = error instanceof Error ? error.message : "unknown error";
    await print(Deno.stderr, `${path} did not respond: ${reason}\n`);
    return 1;
  }
}

function serverTarget(reader: EnvironmentReader, path: string): Target {
  const { host, port } = readHttpConfig(reader);
  const { tls, proxyProtocol } = readListenerConfig(reader, host);
  if (port === 0) reader.reject({ name: "PORT" }, "must not be 0 for a health check: the port is unknown");
  const proxies = proxyProtocol ? new TrustedProxies(readTrustedProxies(reader)) : undefined;
  return { host: connectable(host), port, path, encrypted: tls !== undefined, proxies };
}

function workerTarget(reader: EnvironmentReader, path: string): Target {
  const admin = readAdminConfig(reader);
  if (admin === undefined || admin.port === 0) {
    reader.reject({ name: "ADMIN_PORT" }, "must be a port for a health check of a worker");
  }
  const [host, port] = [connectable(admin?.host ?? ""), admin?.port ?? 0];
  return { host, port, path, encrypted: false, proxies: undefined };
}

function connectable(host: string): string {
  return UNSPECIFIED[host] ?? host.replaceAll(/[[\]]/g, "");
}
