import { assert, assertEquals, assertRejects } from "@std/assert";
import { jetstreamManager } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/nats-core";
import { NatsConnectionImpl } from "@nats-io/nats-core/internal";
import { tlsFiles } from "@archway/server/testing/tls_files.ts";
import { startNats } from "@archway/tools/support/nats/start_nats.ts";
import { testWithNats } from "@archway/tools/support/nats/test_with_nats.ts";
import { BrokerError, type BrokerErrorCode } from "./broker.ts";
import { NatsBroker, type NatsBrokerOptions } from "./nats_broker.ts";
import { readStream } from "./testing/read_stream.ts";

const TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

function brokerOf(port: number, options: Partial<NatsBrokerOptions> = {}): NatsBroker {
  return new NatsBroker({ servers: [`127.0.0.1:${port}`], tls: undefined, stream: "archway", ...options });
}

function message(id: number, type = "order.placed"): { id: string; type: string; body: string } {
  return { id: `message-${id}`, type, body: JSON.stringify({ type, id: String(id), data: {} }) };
}

/** Opens another connection, for what the broker does not do. */
async function open(port: number): Promise<NatsConnection & AsyncDisposable> {
  const connection = await NatsConnectionImpl.connect({ servers: [`127.0.0.1:${port}`] });
  return Object.assign(connection, { [Symbol.asyncDispose]: () => connection.close() });
}

async function codeOf(run: () => Promise<unknown>): Promise<BrokerErrorCode> {
  return (await assertRejects(run, BrokerError)).code;
}

testWithNats(
  "NatsBroker creates its stream and publishes each message once, with its trace context",
  async () => {
    await using nats = await startNats();
    await using broker = brokerOf(nats.port);
    await using other = brokerOf(nats.port);
    assertEquals(await broker.publish(message(1), { traceparent: TRACEPARENT }), "published");
    assertEquals(await other.publish(message(1), { traceparent: undefined }), "duplicate");
    assertEquals(await other.publish(message(2, "basket.opened"), { traceparent: undefined }), "published");
    const stored = await readStream(nats, "archway");
    assertEquals(stored.map(({ subject, id, traceparent }) => [subject, id, traceparent]), [
      ["archway.order.placed", "message-1", TRACEPARENT],
      ["archway.basket.opened", "message-2", ""],
    ]);
    assertEquals(stored[0]?.body, JSON.parse(message(1).body));
  },
);

testWithNats("NatsBroker reports a lost server and reconnects when it is back", async () => {
  await using nats = await startNats();
  await using broker = brokerOf(nats.port);
  await broker.ready();
  await broker.publish(message(1), { traceparent: undefined });
  await nats.kill();
  assertEquals(await codeOf(() => broker.publish(message(2), { traceparent: undefined })), "unavailable");
  assertEquals(await codeOf(() => broker.ready()), "unavailable");
  assert(await nats.start());
  assertEquals(await broker.publish(message(1), { traceparent: undefined }), "duplicate");
  assertEquals(await broker.publish(message(2), { traceparent: undefined }), "published");
  // A short timeout for this step only, so that the steps before it cannot time out.
  await using hasty = brokerOf(nats.port, { timeoutMs: 500 });
  while (await hasty.ready().then(() => false, () => true));
  await nats.pause();
  try {
    assertEquals(await codeOf(() => hasty.publish(message(3), { traceparent: undefined })), "timeout");
  } finally {
    await nats.resume();
  }
  while (await broker.publish(message(3), { traceparent: undefined }).catch(() => undefined) === undefined);
  assertEquals((await readStream(nats, "archway")).map(({ id }) => id), [
    "message-1",
    "message-2",
    "message-3",
  ]);
});

testWithNats("NatsBroker connects to a server of the cluster that is up, whichever are down", async () => {
  await using nats = await startNats();
  const closed = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  closed.close();
  const down = [`127.0.0.1:${closed.addr.port}`, "nats.invalid:4222"] as const;
  // The client tries the servers in random order.
  for (let count = 0; count < 20; count++) {
    await using broker = brokerOf(nats.port, { servers: [...down, `127.0.0.1:${nats.port}`] });
    await broker.ready();
  }
  await using lost = brokerOf(nats.port, { servers: down });
  assertEquals(await codeOf(() => lost.ready()), "unavailable");
});

testWithNats("NatsBroker sends its credentials and reports wrong ones", async () => {
  await using nats = await startNats({ user: { name: "archway", password: "planted" } });
  await using broker = brokerOf(nats.port, { credentials: { user: "archway", password: "planted" } });
  await broker.ready();
  await using wrong = brokerOf(nats.port, { credentials: { user: "archway", password: "wrong" } });
  const error = await assertRejects(() => wrong.ready(), BrokerError);
  assertEquals([error.code, error.message.includes("wrong")], ["unavailable", false]);
  await using none = brokerOf(nats.port);
  assertEquals(await codeOf(() => none.ready()), "unavailable");
});

testWithNats(
  "NatsBroker does not change an existing stream, and is refused if it does not cover the subject",
  async () => {
    await using nats = await startNats();
    await using connection = await open(nats.port);
    const manager = await jetstreamManager(connection);
    await manager.streams.add({ name: "archway", subjects: ["archway.order.>"], max_msgs: 5 });
    await using broker = brokerOf(nats.port);
    await broker.publish(message(1), { traceparent: undefined });
    assertEquals(
      await codeOf(() => broker.publish(message(2, "basket.opened"), { traceparent: undefined })),
      "refused",
    );
    assertEquals((await manager.streams.info("archway")).config.max_msgs, 5);
    await manager.streams.add({ name: "other", subjects: ["archway.basket.>"] });
    assertEquals(
      await codeOf(() => broker.publish(message(3, "basket.opened"), { traceparent: undefined })),
      "refused",
    );
  },
);

testWithNats("NatsBroker creates a stream again that was deleted, and repeats why it cannot", async () => {
  await using nats = await startNats();
  await using connection = await open(nats.port);
  const { streams } = await jetstreamManager(connection);
  await using broker = brokerOf(nats.port);
  await broker.ready();
  await streams.delete("archway");
  assertEquals(await codeOf(() => broker.publish(message(1), { traceparent: undefined })), "refused");
  await broker.ready();
  assertEquals(await broker.publish(message(1), { traceparent: undefined }), "published");
  await streams.delete("archway");
  await streams.add({ name: "other", subjects: ["archway.order.>"] });
  assertEquals(await codeOf(() => broker.publish(message(2), { traceparent: undefined })), "refused");
  for (let count = 0; count < 2; count++) {
    const { message } = await assertRejects(() => broker.ready(), BrokerError);
    assertEquals(
      message,
      "Cannot create the stream of the message broker: subjects overlap with an existing stream (error 10065)",
    );
  }
  await streams.delete("other");
  await broker.ready();
  assertEquals(await broker.publish(message(2), { traceparent: undefined }), "published");
});

testWithNats("NatsBroker verifies the server's certificate and requires TLS if configured", async () => {
  const { certificate, key } = tlsFiles("first");
  const ca = await Deno.readTextFile(certificate);
  await using nats = await startNats({ tls: { certificate, key } });
  const servers = [`localhost:${nats.port}`] as const;
  await using trusting = brokerOf(nats.port, { servers, tls: { ca } });
  assertEquals(await trusting.publish(message(1), { traceparent: undefined }), "published");
  await using doubting = brokerOf(nats.port, { servers, tls: {} });
  assertEquals(await codeOf(() => doubting.ready()), "unavailable");
  await using plain = await startNats();
  await using strict = brokerOf(plain.port, { tls: {} });
  assertEquals(await codeOf(() => strict.ready()), "unavailable");
});

testWithNats("NatsBroker sends its client certificate to a server that requires one", async () => {
  const [server, client] = [tlsFiles("first"), tlsFiles("second", "second")];
  const [ca, cert, key] = await Promise.all(
    [server.certificate, client.certificate, client.key].map((path) => Deno.readTextFile(path)),
  );
  assert(ca !== undefined && cert !== undefined && key !== undefined);
  await using nats = await startNats({ tls: server, clientCa: client.certificate });
  for (const host of ["localhost", "127.0.0.1"]) {
    const servers = [`${host}:${nats.port}`] as const;
    await using certified = brokerOf(nats.port, { servers, tls: { ca, client: { cert, key } } });
    assertEquals(
      await certified.publish(message(1), { traceparent: TRACEPARENT }),
      host === "localhost" ? "published" : "duplicate",
    );
    const large = { ...message(2), id: host, body: JSON.stringify("x".repeat(500_000)) };
    assertEquals(await certified.publish(large, { traceparent: undefined }), "published");
    await using doubting = brokerOf(nats.port, { servers, tls: { client: { cert, key } } });
    assertEquals(await codeOf(() => doubting.ready()), "unavailable");
  }
  await using anonymous = brokerOf(nats.port, { servers: [`localhost:${nats.port}`], tls: { ca } });
  assertEquals(await codeOf(() => anonymous.ready()), "unavailable");
  await using certified = brokerOf(nats.port, {
    servers: [`localhost:${nats.port}`],
    tls: { ca, client: { cert, key } },
  });
  await certified.ready();
  await nats.kill();
  assertEquals(await codeOf(() => certified.publish(message(3), { traceparent: undefined })), "unavailable");
  assertEquals(await codeOf(() => certified.ready()), "unavailable");
  assert(await nats.start());
  assertEquals(await certified.publish(message(3), { traceparent: undefined }), "published");
});

Deno.test("NatsBroker reports a server that does not speak NATS", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const accepting = listener.accept().then(async (connection) => {
    await connection.write(new TextEncoder().encode("220 smtp.example ESMTP\r\n"));
    return connection;
  });
  await using broker = brokerOf(listener.addr.port, { timeoutMs: 1_000 });
  assertEquals(await codeOf(() => broker.ready()), "unavailable");
  (await accepting).close();
});
