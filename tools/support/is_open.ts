/**
 * Whether somebody listens at a port of loopback. While nobody does, the system may choose that very port for the end
 * that asks, and connect it to itself (Linux does): that is nobody.
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
