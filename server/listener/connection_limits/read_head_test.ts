import { assertEquals } from "@std/assert";
import { type ByteSource, readHead } from "./read_head.ts";

/** Returns a source that yields one text per read. */
function source(...texts: string[]): ByteSource {
  const pieces = texts.map((text) => new TextEncoder().encode(text));
  return {
    read(buffer): Promise<number | null> {
      const piece = pieces.shift();
      if (piece === undefined) return Promise.resolve(null);
      const fits = piece.subarray(0, buffer.length);
      if (fits.length < piece.length) pieces.unshift(piece.subarray(fits.length));
      buffer.set(fits);
      return Promise.resolve(fits.length);
    },
  };
}

async function read(...texts: string[]): Promise<string | undefined> {
  const received = await readHead(source(...texts), () => {});
  return received && new TextDecoder().decode(received.buffer.subarray(0, received.count));
}

Deno.test("readHead() reads up to an empty line, however the bytes are split", async () => {
  for (
    const head of ["GET / HTTP/1.1\r\nHost: x\r\n\r\n", "GET / HTTP/1.1\nHost: x\n\n", "GET / HTTP/1.1\r\n\n"]
  ) {
    assertEquals(await read(head, "rest"), head);
    assertEquals(await read(...head, "rest"), head);
    for (let cut = 1; cut < head.length; cut++) {
      assertEquals(await read(head.slice(0, cut), head.slice(cut), "rest"), head);
    }
  }
  assertEquals(await read("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
  assertEquals(await read("POST / HTTP/1.1\r\n\r\nbody", "rest"), "POST / HTTP/1.1\r\n\r\nbody");
});

Deno.test("readHead() stops at the maximum size, and returns undefined for an incomplete head", async () => {
  const long = `GET / HTTP/1.1\r\nX-Long: ${"a".repeat(100_000)}`;
  assertEquals(await read(long), long.slice(0, 65_536));
  assertEquals(await read("GET / HTTP/1.1\r\nHost: x\r\n"), undefined);
  assertEquals(await read(), undefined);
});

Deno.test("readHead() reports every piece received", async () => {
  let pieces = 0;
  await readHead(source("GET", " / HTTP", "/1.1\r\n", "\r\n", "rest"), () => pieces++);
  assertEquals(pieces, 4);
});
