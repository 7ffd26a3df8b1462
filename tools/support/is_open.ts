/**
 * Whether a loopback port accepts connections. If none listens, the system may choose the same port for the connecting
 * end and connect it to itself (on Linux), which does not count.
 */
export async function isOpen(port: number): Promise<boolean> {
  try {
    using connection = await Deno.connect({ hostname: "127.0.0.1", port });
    return connection.localAddr.port !== port;
  } catch (error) {
    if (error instanceof Deno.errors.ConnectionRefused) return false;
    throw error;
  }
}
