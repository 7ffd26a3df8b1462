import { assertEquals } from "@std/assert";
import { protocolOfClientHello, protocolOfHead } from "./client_protocol.ts";
import { readClientHello } from "./read_client_hello.ts";

Deno.test("protocolOfHead() distinguishes HTTP/1.0, HTTP/1.1 and HTTP/2", () => {
  const rows = [
    ["PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "h2"],
    ["GET / HTTP/1.0\r\n\r\n", "http/1.0"],
    ["GET / HTTP/1.0\n\n", "http/1.0"],
    ["GET / HTTP/1.1\r\nX: HTTP/1.0\r\n\r\n", "http/1.1"],
    ["\r\nGET / HTTP/1.1\r\n\r\n", "http/1.1"],
    ["", "http/1.1"],
  ];
  for (const [head = "", protocol] of rows) {
    assertEquals(protocolOfHead(new TextEncoder().encode(head)), protocol, head);
  }
});

/** Returns the first record that a TLS client sends. */
async function clientHello(alpnProtocols: string[] = []): Promise<Uint8Array> {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const connecting = Deno.connectTls({ hostname: "localhost", port: listener.addr.port, alpnProtocols })
    .then((connection) => connection.handshake().finally(() => connection.close())).catch(() => {});
  const connection = await listener.accept();
  const received = await readClientHello(connection, () => {});
  connection.close();
  await connecting;
  return received?.buffer.subarray(0, received.count) ?? new Uint8Array();
}

Deno.test("protocolOfClientHello() finds the offer of HTTP/2", async () => {
  const rows: [string[], string][] = [
    [["h2"], "h2"],
    [["http/1.1", "h2"], "h2"],
    [["http/1.1"], "http/1.1"],
    [["h3", "http/1.1"], "http/1.1"],
    [[], "http/1.1"],
  ];
  for (const [offers, protocol] of rows) {
    assertEquals(protocolOfClientHello(await clientHello(offers)), protocol, String(offers));
  }
});

Deno.test("protocolOfClientHello() takes a part of a ClientHello, and any other bytes, for HTTP/1.1", async () => {
  const hello = await clientHello(["http/1.1", "h2"]);
  for (let length = 0; length < 100; length++) {
    assertEquals(protocolOfClientHello(hello.subarray(0, length)), "http/1.1", String(length));
  }
  for (let round = 0; round < 1_000; round++) {
    const bytes = crypto.getRandomValues(new Uint8Array(round));
    assertEquals(typeof protocolOfClientHello(bytes), "string");
  }
});
