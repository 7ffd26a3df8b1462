import { assert, assertEquals, assertRejects } from "@std/assert";
import type { LookupAddress } from "node:dns";
import { type PostOptions, postToTarget } from "./post_to_target.ts";
import { TargetError, type TargetErrorCode } from "./target_error.ts";

const FILES = new URL("../../../../../server/testing/tls/", import.meta.url);
const LOOPBACK: LookupAddress = { address: "127.0.0.1", family: 4 };

function options(more: Partial<PostOptions> = {}): PostOptions {
  const signal = AbortSignal.timeout(10_000);
  return { allowPrivate: true, headers: { "X-Test": "yes" }, body: "{}", signal, ...more };
}

async function codeOf(url: string, more: Partial<PostOptions> = {}): Promise<TargetErrorCode> {
  return (await assertRejects(() => postToTarget(new URL(url), options(more)), TargetError)).code;
}

/** A received request. */
interface Seen {
  readonly method: string;
  readonly url: string;
  readonly host: string | null;
  readonly body: string;
}

interface Receiver extends AsyncDisposable {
  readonly port: number;
  readonly seen: readonly Seen[];
}

function receive(status: number, tls: Partial<Deno.TlsCertifiedKeyPem> = {}, headers = {}): Receiver {
  const seen: Seen[] = [];
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen(): void {}, ...tls },
    async (request) => {
      const { method, url, headers: sent } = request;
      seen.push({ method, url: new URL(url).pathname, host: sent.get("host"), body: await request.text() });
      return new Response("done", { status, headers });
    },
  );
  return { port: server.addr.port, seen, [Symbol.asyncDispose]: () => server.shutdown() };
}

/** Replies to each connection with bytes and closes it, or never replies if they are undefined. */
function replyRaw(bytes: string | undefined): Disposable & { readonly port: number } {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const open: Deno.TcpConn[] = [];
  void (async (): Promise<void> => {
    for await (const connection of listener) {
      open.push(connection);
      if (bytes === undefined) continue;
      await connection.read(new Uint8Array(4096));
      await connection.write(new TextEncoder().encode(bytes)).catch(() => {});
      open.pop()?.close();
    }
  })();
  return {
    port: listener.addr.port,
    [Symbol.dispose](): void {
      listener.close();
      for (const connection of open) connection.close();
    },
  };
}

Deno.test("postToTarget() connects to the checked address and sends the host of the URL", async () => {
  await using receiver = receive(202);
  let asked = 0;
  const resolve = (host: string): Promise<readonly LookupAddress[]> => {
    assertEquals(host, "receiver.example.test");
    // A second lookup would return another address.
    return Promise.resolve(asked++ === 0 ? [LOOPBACK] : [{ address: "127.0.0.2", family: 4 }]);
  };
  const url = new URL(`http://receiver.example.test:${receiver.port}/hook?a=b`);
  assertEquals((await postToTarget(url, options({ resolve }))).status, 202);
  assertEquals(asked, 1);
  assertEquals(receiver.seen, [{ method: "POST", url: "/hook", host: url.host, body: "{}" }]);
});

Deno.test("postToTarget() uses the first address that accepts a connection", async () => {
  await using receiver = receive(200);
  const resolve = (): Promise<readonly LookupAddress[]> =>
    Promise.resolve([{ address: "127.0.0.9", family: 4 }, LOOPBACK]);
  const url = new URL(`http://receiver.example.test:${receiver.port}/`);
  assertEquals((await postToTarget(url, options({ resolve }))).status, 200);
});

Deno.test("postToTarget() refuses hosts with an address that is not public", async () => {
  await using receiver = receive(200);
  const strict = { allowPrivate: false };
  const { port } = receiver;
  for (
    const host of ["127.0.0.1", "localhost", "[::1]", "0x7f.1", "2130706433", "10.1.2.3", "169.254.169.254"]
  ) {
    assertEquals(await codeOf(`https://${host}:${port}/`, strict), "forbidden-address", host);
  }
  const both = (): Promise<readonly LookupAddress[]> =>
    Promise.resolve([{ address: "93.184.216.34", family: 4 }, LOOPBACK]);
  assertEquals(
    await codeOf(`https://example.test:${port}/`, { ...strict, resolve: both }),
    "forbidden-address",
  );
  assertEquals(receiver.seen, []);
});

Deno.test("postToTarget() returns the status of a redirect and does not follow it", async () => {
  await using other = receive(200);
  for (const status of [301, 302, 307, 308]) {
    await using receiver = receive(status, {}, { Location: `http://127.0.0.1:${other.port}/` });
    assertEquals(
      (await postToTarget(new URL(`http://127.0.0.1:${receiver.port}/`), options())).status,
      status,
    );
  }
  assertEquals(other.seen, []);
});

Deno.test("postToTarget() verifies the certificate for the host of the URL", async () => {
  const [cert, key] = await Promise.all(
    ["first.crt", "first.key"].map((file) => Deno.readTextFile(new URL(file, FILES))),
  );
  await using receiver = receive(200, { cert: cert ?? "", key: key ?? "" });
  const resolve = (): Promise<readonly LookupAddress[]> => Promise.resolve([LOOPBACK]);
  const trusting = { ca: cert ?? "", resolve };
  const { port } = receiver;
  assertEquals((await postToTarget(new URL(`https://localhost:${port}/`), options(trusting))).status, 200);
  assertEquals(await codeOf(`https://other.example.test:${port}/`, trusting), "tls");
  assertEquals(await codeOf(`https://localhost:${port}/`, { resolve }), "tls");
  await using plain = receive(200);
  assertEquals(await codeOf(`https://localhost:${plain.port}/`, trusting), "tls");
});

Deno.test("postToTarget() rejects with the code of the failure", async () => {
  using closed = replyRaw("");
  assertEquals(await codeOf(`http://127.0.0.1:${closed.port}/`), "broken-answer");
  using garbage = replyRaw("220 smtp.example ESMTP\r\n");
  assertEquals(await codeOf(`http://127.0.0.1:${garbage.port}/`), "broken-answer");
  using silent = replyRaw(undefined);
  const late = (): AbortSignal => AbortSignal.timeout(50);
  assertEquals(await codeOf(`http://127.0.0.1:${silent.port}/`, { signal: late() }), "timeout");
  const never = (): Promise<never> => new Promise(() => {});
  assertEquals(await codeOf("http://example.test/", { signal: late(), resolve: never }), "timeout");
  const unknown = (): Promise<never> => Promise.reject(new Error("ENOTFOUND"));
  assertEquals(await codeOf("http://example.test/", { resolve: unknown }), "unknown-host");
  assertEquals(await codeOf("http://example.test/", { resolve: () => Promise.resolve([]) }), "unknown-host");
  const gone = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = gone.addr;
  gone.close();
  assertEquals(await codeOf(`http://127.0.0.1:${port}/`), "unreachable");
});

Deno.test("postToTarget() reads a bounded part of the response body", async () => {
  let sent = 0;
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen(): void {} }, () => {
    const endless = new ReadableStream({
      pull(controller): void {
        sent += 65_536;
        controller.enqueue(new Uint8Array(65_536));
      },
    });
    return new Response(endless);
  });
  assertEquals((await postToTarget(new URL(`http://127.0.0.1:${server.addr.port}/`), options())).status, 200);
  await server.shutdown();
  assert(sent < 50_000_000, `${sent} bytes`);
  // An error after the status is ignored.
  using broken = replyRaw("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc");
  assertEquals((await postToTarget(new URL(`http://127.0.0.1:${broken.port}/`), options())).status, 200);
});

Deno.test("postToTarget() leaves no unhandled error of targets that misbehave after a timeout", async () => {
  const open: Deno.TcpConn[] = [];
  let accepted = 0;
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const accepting = (async (): Promise<void> => {
    for await (const connection of listener) {
      // Sends nothing, part of a head or part of a handshake, or closes the connection.
      const kind = ++accepted % 4;
      if (kind === 1) {
        await writeIfOpen(connection, new TextEncoder().encode("HTTP/1.1 200 OK\r\nContent-Le"));
      }
      if (kind === 2) await writeIfOpen(connection, Uint8Array.of(0x16, 3, 3, 0, 100));
      if (kind === 3) connection.close();
      else open.push(connection);
    }
  })();
  const { port } = listener.addr;
  await Promise.all(Array.from({ length: 60 }, async (_, index) => {
    const scheme = index % 2 === 0 ? "http" : "https";
    const signal = AbortSignal.timeout(1 + index);
    await assertRejects(
      () => postToTarget(new URL(`${scheme}://127.0.0.1:${port}/`), options({ signal })),
      TargetError,
    );
  }));
  // Waits for the loop: closing a connection while it writes would fail this side.
  listener.close();
  await accepting;
  for (const connection of open) connection.close();
});

/** Writes to a connection that the peer may have closed. */
async function writeIfOpen(connection: Deno.TcpConn, bytes: Uint8Array): Promise<void> {
  try {
    await connection.write(bytes);
  } catch (error) {
    const isGone = error instanceof Deno.errors.BrokenPipe || error instanceof Deno.errors.ConnectionReset;
    if (!isGone) throw error;
  }
}
