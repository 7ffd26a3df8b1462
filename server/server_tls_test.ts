import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { connect } from "node:http2";
import { join } from "node:path";
import type { Logger } from "./logger.ts";
import { createServer, type Server } from "./server.ts";
import * as options from "./server_options.ts";
import { noteApi } from "./testing/note_api.ts";
import { RawClient } from "./testing/raw_client.ts";
import { tlsFiles } from "./testing/tls_files.ts";
import { readTls, TlsError } from "./tls.ts";

const VARIANTS: readonly [name: string, limits: options.ServerOption[]][] = [
  ["withTls()", []],
  ["withTls() with connection limits", [options.withConnectionLimits()]],
];

function tlsServer(...more: options.ServerOption[]): Server {
  return createServer(
    "127.0.0.1",
    0,
    options.withApi(noteApi()),
    options.withTls(tlsFiles("first")),
    ...more,
  );
}

/** Sends a request over HTTP/1.1 on a new connection that trusts only one certificate. */
async function exchange(url: string, certificate: "first" | "second", request: string): Promise<string> {
  const { port } = new URL(url);
  const { cert } = await readTls(tlsFiles(certificate, certificate));
  const connection = await Deno.connectTls({ hostname: "localhost", port: Number(port), caCerts: [cert] });
  using client = RawClient.on(connection);
  await client.send(request);
  return await client.readAll();
}

for (const [name, limits] of VARIANTS) {
  Deno.test(`${name} serves HTTP/1.1 with Strict-Transport-Security`, async () => {
    await using server = tlsServer(...limits);
    const { url } = await server.listen();
    assertMatch(url, /^https:\/\/127\.0\.0\.1:[0-9]+$/);
    const response = await exchange(
      url,
      "first",
      "GET /notes/1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    );
    assertMatch(response, /^HTTP\/1\.1 200 [^]*strict-transport-security: max-age=31536000\r\n/i);
  });

  Deno.test(`${name} serves several HTTP/2 requests on one connection`, async () => {
    await using server = tlsServer(...limits);
    const { port } = new URL((await server.listen()).url);
    const { cert } = await readTls(tlsFiles("first"));
    const session = connect(`https://localhost:${port}`, { ca: cert });
    const get = (path: string): Promise<unknown> =>
      new Promise((resolve, reject) => {
        const stream = session.request({ ":path": path });
        stream.on("response", (headers) => resolve(headers[":status"]));
        stream.on("error", reject);
        stream.resume();
        stream.end();
      });
    assertEquals(await Promise.all(["/notes/1", "/notes/2", "/livez"].map(get)), [200, 409, 200]);
    const closed = new Promise<void>((resolve) => session.close(resolve));
    await closed;
  });

  Deno.test(`${name} refuses to listen with an unusable certificate`, async () => {
    await using server = tlsServer(options.withTls(tlsFiles("first", "second")), ...limits);
    const error = await assertRejects(() => server.listen(), TlsError);
    assertEquals(error.message, "Cannot use TLS: the certificate does not match the key");
  });

  Deno.test(`${name} warns of an expired certificate`, async () => {
    const { logger, logged } = listen();
    await using server = tlsServer(
      options.withTls(tlsFiles("expired")),
      options.withLogger(logger),
      ...limits,
    );
    await server.listen();
    await logged("TLS certificate expired at {expiry}");
  });
}

Deno.test("Server responses without TLS have no Strict-Transport-Security", async () => {
  await using server = createServer("127.0.0.1", 0, options.withApi(noteApi()));
  const response = await server.fetch(new Request("http://localhost/livez"));
  assertEquals(response.headers.get("strict-transport-security"), null);
});

Deno.test("withTls() with connection limits closes a connection with an incomplete handshake", async () => {
  await using server = tlsServer(options.withConnectionLimits(), options.withReadTimeout(100));
  using client = await RawClient.open((await server.listen()).url);
  // The beginning of a handshake record of 512 bytes (RFC 8446, section 5.1).
  await client.send("\x16\x03\x01\x02\x00\x01");
  assertEquals(await client.trickle("\x00"), "");
});

Deno.test("withTls() with connection limits applies a new certificate without closing connections", async () => {
  await using files = await movableFiles();
  const { logger, logged } = listen();
  await using server = tlsServer(
    options.withTls({ ...files, rereadMs: 20 }),
    options.withConnectionLimits(),
    options.withLogger(logger),
  );
  const { url } = await server.listen();
  const { cert } = await readTls(files);
  using old = RawClient.on(
    await Deno.connectTls({ hostname: "localhost", port: Number(new URL(url).port), caCerts: [cert] }),
  );
  const get = "GET /notes/1 HTTP/1.1\r\nHost: x\r\n";
  await old.send(`${get}\r\n`);
  await old.readUntil("é");
  // Between the two copies the files do not match, which must not stop the server.
  await Deno.copyFile(tlsFiles("second").certificate, files.certificate);
  await logged("TLS files not reloaded, keeping the current certificate: {message}");
  await Deno.copyFile(tlsFiles("second", "second").key, files.key);
  await logged("TLS certificate replaced");
  assertMatch(await exchange(url, "second", `${get}Connection: close\r\n\r\n`), /^HTTP\/1\.1 200 /);
  await assertRejects(() => exchange(url, "first", `${get}Connection: close\r\n\r\n`));
  await old.send(`${get}\r\n`);
  assertMatch(await old.readUntil("é"), /^HTTP\/1\.1 200 /);
});

Deno.test("withTls() without connection limits logs that a new certificate requires a restart", async () => {
  await using files = await movableFiles();
  const { logger, logged } = listen();
  await using server = tlsServer(options.withTls({ ...files, rereadMs: 20 }), options.withLogger(logger));
  const { url } = await server.listen();
  await Deno.copyFile(tlsFiles("second").certificate, files.certificate);
  await Deno.copyFile(tlsFiles("second", "second").key, files.key);
  await logged("TLS certificate changed; restart to use it");
  const get = "GET /notes/1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
  assertMatch(await exchange(url, "first", get), /^HTTP\/1\.1 200 /);
});

interface MovableFiles extends AsyncDisposable {
  readonly certificate: string;
  readonly key: string;
}

/** Creates copies of the first certificate and its key that a test may replace. */
async function movableFiles(): Promise<MovableFiles> {
  const directory = await Deno.makeTempDir();
  const files = { certificate: join(directory, "server.crt"), key: join(directory, "server.key") };
  await Deno.copyFile(tlsFiles("first").certificate, files.certificate);
  await Deno.copyFile(tlsFiles("first").key, files.key);
  return { ...files, [Symbol.asyncDispose]: () => Deno.remove(directory, { recursive: true }) };
}

interface Listening {
  readonly logger: Logger;
  /** Resolves once the message has been logged. */
  logged(message: string): Promise<void>;
}

function listen(): Listening {
  const messages = new Set<string>();
  const waiting = new Map<string, () => void>();
  const log = (message: string): void => {
    messages.add(message);
    waiting.get(message)?.();
  };
  return {
    logger: { info: log, warn: log, error: log },
    logged: (message) =>
      new Promise((resolve) => {
        if (messages.has(message)) resolve();
        else waiting.set(message, resolve);
      }),
  };
}
