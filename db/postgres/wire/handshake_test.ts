import { assert, assertEquals, assertRejects } from "@std/assert";
import { Buffer } from "node:buffer";
import { tlsFiles } from "@archway/server/testing/tls_files.ts";
import { startPostgres } from "@archway/tools/support/postgres/start_postgres.ts";
import type { InstanceConfig, TlsConfig } from "../pool_config.ts";
import { connect } from "./testing/connect.ts";
import { ScriptedServer } from "./testing/scripted_server.ts";
import { send, sendScript } from "./testing/send.ts";
import { ServerError } from "./server_message.ts";
import { WireConnection } from "./wire_connection.ts";
import { WireError } from "./wire_error.ts";

const PASSWORD = "pässwörd \u2168";

const ACCESS = `
local all postgres trust
local all clear password
local all old md5
local all all scram-sha-256
hostssl all all 127.0.0.1/32 scram-sha-256
`;

async function userOf(instance: InstanceConfig): Promise<unknown> {
  await using connection = await connect(instance);
  const { rows: [row] } = await send(
    connection,
    "SELECT current_user::text AS user, ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()",
  );
  return row;
}

/** Passes bytes on between clients and a server, both by TLS, with a certificate of its own. */
async function startInterceptor(server: InstanceConfig): Promise<Disposable & { readonly port: number }> {
  const { certificate, key } = tlsFiles("second", "second");
  const [cert, secret] = [await Deno.readTextFile(certificate), await Deno.readTextFile(key)];
  const alpnProtocols = ["postgresql"];
  const listener = Deno.listenTls({ hostname: "127.0.0.1", port: 0, cert, key: secret, alpnProtocols });
  const caCerts = [await Deno.readTextFile(tlsFiles("first").certificate)];
  const relay = async (client: Deno.TlsConn): Promise<void> => {
    const upstream = await Deno.connectTls({
      hostname: "localhost",
      port: server.port,
      caCerts,
      alpnProtocols,
    });
    const ended = [client.readable.pipeTo(upstream.writable), upstream.readable.pipeTo(client.writable)];
    await Promise.allSettled(ended);
  };
  void (async (): Promise<void> => {
    for await (const client of listener) void relay(client).catch(() => {});
  })();
  return { port: listener.addr.port, [Symbol.dispose]: () => listener.close() };
}

Deno.test("WireConnection.open() authenticates and secures sessions", async (test) => {
  const folder = await Deno.makeTempDir({ prefix: "archway_wire_" });
  await Deno.chmod(folder, 0o755);
  await Deno.writeTextFile(`${folder}/pg_hba.conf`, ACCESS);
  const settings = { hba_file: `${folder}/pg_hba.conf` };
  await using server = await startPostgres({
    tcp: true,
    tls: tlsFiles("first"),
    settings,
    removeToo: folder,
  });
  const { instance } = server;
  {
    await using admin = await connect(instance);
    await sendScript(
      admin,
      `CREATE ROLE ada LOGIN PASSWORD '${PASSWORD}'; CREATE ROLE clear LOGIN PASSWORD '${PASSWORD}'`,
    );
    await sendScript(admin, `SET password_encryption = md5; CREATE ROLE old LOGIN PASSWORD '${PASSWORD}'`);
  }
  const ca = await Deno.readTextFile(tlsFiles("first").certificate);
  const secure = (tls: TlsConfig): InstanceConfig => ({
    ...server.tcpInstance,
    user: "ada",
    password: PASSWORD,
    tls,
  });

  await test.step("by cleartext, MD5 and SCRAM, and refuses wrong passwords", async () => {
    for (const user of ["clear", "old", "ada"]) {
      assertEquals(await userOf({ ...instance, user, password: PASSWORD }), { user, ssl: false });
      const wrong = { ...instance, user, password: "wrong" };
      assertEquals((await assertRejects(() => userOf(wrong), ServerError)).code, "28P01");
    }
  });

  await test.step("under TLS, by request and directly, to a name and an address", async () => {
    for (const negotiation of ["request", "direct"] as const) {
      for (const name of [{ serverName: "localhost" }, {}]) {
        assertEquals(await userOf(secure({ ca, negotiation, ...name })), { user: "ada", ssl: true });
      }
      assertEquals(await userOf(secure({ verify: false, negotiation })), { user: "ada", ssl: true });
    }
  });

  await test.step("refuses certificates that are not trusted or have another name", async () => {
    const other = await Deno.readTextFile(tlsFiles("second", "second").certificate);
    for (const tls of [{}, { ca: other }, { ca, serverName: "elsewhere" }]) {
      for (const negotiation of ["request", "direct"] as const) {
        const error = await assertRejects(() => userOf(secure({ ...tls, negotiation })), Error);
        assert(!(error instanceof ServerError), String(error));
      }
    }
  });

  await test.step("binds the password to the channel, so that it cannot be intercepted", async () => {
    using interceptor = await startInterceptor(server.tcpInstance);
    const tls = { verify: false, negotiation: "direct" } as const;
    const error = await assertRejects(() => userOf({ ...secure(tls), port: interceptor.port }), ServerError);
    assertEquals([error.code, error.message], ["28000", "SCRAM channel binding check failed"]);
  });
});

Deno.test("WireConnection.open() rejects when a server does not respond in time", async () => {
  const access = { host: "scripted", user: "ada", password: "", database: "things" };
  for (const tls of [undefined, {}, { negotiation: "direct" }] as const) {
    const { socket } = new ScriptedServer();
    const late = new AbortController();
    const opening = WireConnection.open(socket, { ...access, tls, signal: late.signal });
    setTimeout(() => late.abort(), 5);
    const { message } = await assertRejects(() => opening, WireError);
    assertEquals(message, "The server did not complete the start of the session in time");
    assert(socket.destroyed);
  }
});

Deno.test("WireConnection.open() refuses responses to the request for TLS that are not one byte", async () => {
  for (
    const [response, code] of [["N", "TLS_REFUSED"], ["SX", "PROTOCOL_VIOLATION"], [
      "E",
      "PROTOCOL_VIOLATION",
    ]]
  ) {
    const server = new ScriptedServer();
    const access = { host: "scripted", user: "ada", password: "", database: "things", tls: {} };
    const opening = WireConnection.open(server.socket, access);
    server.send(Buffer.from(response ?? ""));
    assertEquals((await assertRejects(() => opening, WireError)).code, `CONNECTION_${code}`);
  }
});
