import { openSocket } from "../../connection/open_socket.ts";
import type { InstanceConfig } from "../../pool_config.ts";
import { WireConnection } from "../wire_connection.ts";
import type { WireOptions } from "../wire_options.ts";

/** Opens a connection to a server. Disposing closes it. */
export async function connect(
  instance: InstanceConfig,
  options: Partial<WireOptions> = {},
): Promise<WireConnection & AsyncDisposable> {
  const socket = await openSocket(instance, { timeoutMs: 60_000 });
  const connection = await WireConnection.open(socket, { ...instance, ...options });
  return Object.assign(connection, { [Symbol.asyncDispose]: () => connection.close() });
}
