import { assertEquals, assertRejects } from "@std/assert";
import { tlsFiles } from "@archway/server/testing/tls_files.ts";
import { startCertifiedTls } from "./certified_tls.ts";

const SERVER = tlsFiles("first");
const CLIENT = tlsFiles("second", "second");

Deno.test("startCertifiedTls() verifies the server's certificate for its name or address", async () => {
  const read = (path: string): string => Deno.readTextFileSync(path);
  const [ca, cert, key] = [read(SERVER.certificate), read(CLIENT.certificate), read(CLIENT.key)];
  using listener = Deno.listenTls({ hostname: "127.0.0.1", port: 0, cert: ca, key: read(SERVER.key) });
  const start = async (hostname: string, trusted: string | undefined): Promise<number | null> => {
    const accepted = listener.accept().then(async (connection) => {
      // The handshake of the server fails where the client's does.
      await connection.write(new Uint8Array(3)).catch(() => {});
      connection.close();
    });
    try {
      const plain = await Deno.connect({ hostname: "127.0.0.1", port: listener.addr.port });
      const encrypted = await startCertifiedTls(plain, { hostname, ca: trusted, cert, key });
      try {
        return await encrypted.read(new Uint8Array(10));
      } finally {
        encrypted.close();
      }
    } finally {
      await accepted;
    }
  };
  for (const hostname of ["localhost", "127.0.0.1"]) assertEquals(await start(hostname, ca), 3);
  for (const hostname of ["other.example", "127.0.0.2"]) {
    await assertRejects(() => start(hostname, ca), Error);
  }
  await assertRejects(() => start("localhost", undefined), Error);
  await assertRejects(() => start("localhost", cert), Error);
});
