/**
 * Sends bytes over a connection of their own and gives everything that comes back until the server closes it. Each
 * character of a text stands for the byte of its code. To end, a text should ask for `Connection: close`.
 */
export async function rawExchange(url: string, ...pieces: string[]): Promise<string> {
  const { hostname, port } = new URL(url);
  using connection = await Deno.connect({ hostname, port: Number(port) });
  for (const piece of pieces) {
    await connection.write(Uint8Array.from(piece, (character) => character.charCodeAt(0)));
  }
  return await readAll(connection);
}

/** The same, but gives the first answer and leaves: for requests that never end. Its body has a Content-Length. */
export async function rawResponse(url: string, ...pieces: string[]): Promise<string> {
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

/** Everything that arrives on a connection until its end. */
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
