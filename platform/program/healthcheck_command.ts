import { get as getPlain } from "node:http";
import { get as getEncrypted } from "node:https";
import { readAdminConfig } from "@archway/config/admin_config.ts";
import { ConfigError } from "@archway/config/config.ts";
import type { EnvironmentReader } from "@archway/config/environment_reader.ts";
import { readHttpConfig } from "@archway/config/http_config.ts";
import { readListenerConfig } from "@archway/config/listener_config.ts";
import { print } from "./print.ts";
import { commandUsage } from "./usage.ts";

/** Timeout of the request, in milliseconds; orchestrators allow a check for a few seconds. */
const TIMEOUT_MS = 5_000;

/** Endpoint to request. */
interface Target {
  readonly host: string;
  readonly port: number;
  readonly path: string;
  readonly encrypted: boolean;
}

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
    const status = await statusOf(target);
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
  const { tls } = readListenerConfig(reader, host);
  if (port === 0) reader.reject({ name: "PORT" }, "must not be 0 for a health check: the port is unknown");
  return { host: connectable(host), port, path, encrypted: tls !== undefined };
}

function workerTarget(reader: EnvironmentReader, path: string): Target {
  const admin = readAdminConfig(reader);
  if (admin === undefined || admin.port === 0) {
    reader.reject({ name: "ADMIN_PORT" }, "must be a port for a health check of a worker");
  }
  return { host: connectable(admin?.host ?? ""), port: admin?.port ?? 0, path, encrypted: false };
}

function connectable(host: string): string {
  return UNSPECIFIED[host] ?? host.replaceAll(/[[\]]/g, "");
}

/** Requests the endpoint by node:http, which uses no proxy of the environment, and returns the status. */
function statusOf({ host, port, path, encrypted }: Target): Promise<number> {
  return new Promise((resolve, reject) => {
    const options = { host, port, path, agent: false, signal: AbortSignal.timeout(TIMEOUT_MS) } as const;
    // The certificate is for the public name, and the request stays on this machine.
    const request = encrypted
      ? getEncrypted({ ...options, rejectUnauthorized: false })
      : getPlain({ ...options });
    request.on("response", (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    request.on("error", reject);
  });
}
