/**
 * Sends bytes, one per character, over a new connection and returns everything received. It reads until the server
 * closes the connection, so texts should ask for `Connection: close`.
 */
export async function rawExchange(url: string, ...pieces: string[]): Promise<string> {
  const { hostname, port } = new URL(url);
  using connection = await Deno.connect({ hostname, port: Number(port) });
  for (const piece of pieces) {
    await connection.write(Uint8Array.from(piece, (character) => character.charCodeAt(0)));
  }
  return await readAll(connection);
}

/** Sends bytes over a new connection and returns the first response, which must have a Content-Length. */
export async function firstResponse(url: string, ...pieces: string[]): Promise<string> {
  const { hostname, port } = new URL(url);
  using connection = await Deno.connect({ hostname, port: Number(port) });
  for (const piece of pieces) await connection.write(new TextEncoder().encode(piece));
  const buffer = new Uint8Array(16_384);
  let text = "";
  for (;;) {
    const [head = "", body] = text.split("\r\n\r\n");
    const length = Number(/^content-length: *([0-9]+)/im.exec(head)?.[1]);
    if (body !== undefined && body.length >= length) return text;
    const count = await connection.read(buffer);
    if (count === null) return text;
    text += new TextDecoder().decode(buffer.subarray(0, count));
  }
}

/** Returns everything received on a connection until its end. */
export async function readAll(connection: Deno.Conn): Promise<string> {
  const decoder = new TextDecoder();
  const buffer = new Uint8Array(16_384);
  let text = "";
  for (;;) {
    const count = await connection.read(buffer).catch(() => null);
    if (count === null) return text;
    text += decoder.decode(buffer.subarray(0, count), { stream: true });
  }
}
