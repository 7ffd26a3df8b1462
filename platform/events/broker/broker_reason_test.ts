import { assertEquals, assertRejects } from "@std/assert";
import { DiscardPolicy, jetstreamManager } from "@nats-io/jetstream";
import { NatsConnectionImpl } from "@nats-io/nats-core/internal";
import { tlsFiles } from "@archway/server/testing/tls_files.ts";
import { startNats, type StartNatsOptions } from "@archway/tools/support/nats/start_nats.ts";
import { testWithNats } from "@archway/tools/support/nats/test_with_nats.ts";
import { BrokerError } from "./broker.ts";
import { NatsBroker, type NatsBrokerOptions } from "./nats_broker.ts";

/** Conversation of a server that does not speak NATS with a client. */
type Impostor = (connection: Deno.TcpConn) => Promise<void>;

/** Options of a broker in these tests, without its server. */
type Client = Partial<Omit<NatsBrokerOptions, "servers">>;

const USER = { credentials: { user: "archway", password: "planted" } };

const TLS = tlsFiles("first");

/** Returns the message of the failure to connect, or else to publish. */
async function failureOf(
  server: string,
  { type = "order.placed", body = "{}", ...client }: Client & {
    readonly type?: string;
    readonly body?: string;
  } = {},
): Promise<string> {
  await using broker = new NatsBroker({
    ...{ servers: [server], tls: undefined, stream: "archway", timeoutMs: 5_000 },
    ...client,
  });
  const { message } = await assertRejects(async () => {
    await broker.ready();
    await broker.publish({ id: crypto.randomUUID(), type, body }, { traceparent: undefined });
  }, BrokerError);
  return message;
}

const CANNOT = "Cannot connect to the message broker: ";
const REFUSED = "The message broker refused a message: ";

/** Configuration of a server on which the user must not do something. */
function denying(permissions: string): string {
  return `authorization { users = [{ user: archway, password: planted, permissions: { ${permissions} } }] }`;
}

const SERVERS: readonly (readonly [fault: string, StartNatsOptions, Client, reason: string])[] = [
  [
    "a wrong password",
    { user: { name: "archway", password: "other" } },
    USER,
    `${CANNOT}Authorization Violation (check the credentials in the URL)`,
  ],
  ["a server without TLS", {}, { tls: {} }, `${CANNOT}server does not support 'tls'`],
  [
    "a certificate of an unknown authority",
    { tls: TLS },
    { tls: {} },
    `${CANNOT}invalid peer certificate: UnknownIssuer`,
  ],
  [
    "a server without JetStream",
    { hasJetStream: false },
    {},
    `${CANNOT}JetStream is not enabled on the server or for the account`,
  ],
  [
    "a user that must not manage streams",
    { config: denying('publish: { deny: ["$JS.API.>"] }') },
    USER,
    `${CANNOT}no permission to publish to "$JS.API.INFO"`,
  ],
  [
    "a user that must not receive responses",
    { config: denying('subscribe: { deny: ["_INBOX.>"] }') },
    USER,
    `${CANNOT}no permission to subscribe to "_INBOX.>"`,
  ],
  [
    "a user that must not publish",
    { config: denying('publish: { deny: ["archway.>"] }') },
    USER,
    `${REFUSED}no permission to publish to "archway.order.placed"`,
  ],
];

for (const [fault, server, client, reason] of SERVERS) {
  testWithNats(`NatsBroker reports ${fault}`, async () => {
    await using nats = await startNats(server);
    assertEquals(await failureOf(`localhost:${nats.port}`, client), reason);
  });
}

testWithNats("NatsBroker reports why a stream refuses a message", async () => {
  await using nats = await startNats();
  const server = `127.0.0.1:${nats.port}`;
  const connection = await NatsConnectionImpl.connect({ servers: [server] });
  const { streams } = await jetstreamManager(connection);
  const limits = { max_msgs: 1, discard: DiscardPolicy.New, max_msg_size: 1_000 };
  await streams.add({ name: "archway", subjects: ["archway.order.>"], ...limits });
  await streams.add({ name: "other", subjects: ["archway.stock.>"] });
  await connection.publish("archway.order.placed", "fills the stream");
  await connection.close();
  const cases: readonly (readonly [Parameters<typeof failureOf>[1], string])[] = [
    [{}, "maximum messages exceeded (error 10077)"],
    [{ body: "x".repeat(2_000) }, "message size exceeds maximum allowed (error 10054)"],
    [{ body: "x".repeat(2_000_000) }, "'payload' max_payload size exceeded"],
    [{ type: "basket.opened" }, 'no stream covers the subject "archway.basket.opened"'],
    [{ type: "stock.counted" }, "expected stream does not match (error 10060)"],
  ];
  for (const [options, reason] of cases) assertEquals(await failureOf(server, options), REFUSED + reason);
});

const IMPOSTORS: readonly (readonly [fault: string, Impostor, reason: string, timeoutMs?: number])[] = [
  ["a server that closes connections", () => Promise.resolve(), "The server closed the connection"],
  [
    "a server of another protocol",
    async (connection) => void await connection.write(new TextEncoder().encode("220 smtp.example ESMTP\r\n")),
    "The server does not speak the NATS protocol",
  ],
  // Reads until the client gives up.
  [
    "a silent server",
    async (connection) => void await connection.read(new Uint8Array(1)).catch(() => {}),
    "no response within 200 ms",
    200,
  ],
];

for (const [fault, serve, reason, timeoutMs = 30_000] of IMPOSTORS) {
  Deno.test(`NatsBroker reports ${fault}`, async () => {
    using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const serving = listener.accept().then(async (connection) => {
      await serve(connection);
      connection.close();
    });
    assertEquals(await failureOf(`127.0.0.1:${listener.addr.port}`, { timeoutMs }), CANNOT + reason);
    await serving;
  });
}

Deno.test("NatsBroker reports a refused connection and an unknown host", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  listener.close();
  const refused = await failureOf(`127.0.0.1:${listener.addr.port}`);
  assertEquals(refused.startsWith(`${CANNOT}Connection refused`), true, refused);
  const unknown = await failureOf("nats.invalid:4222", { timeoutMs: 30_000 });
  assertEquals(unknown.startsWith(`${CANNOT}failed to lookup address information`), true, unknown);
});
