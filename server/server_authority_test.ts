import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import type { OnRead } from "./testing/note_api.ts";
import { createServer, type Server } from "./server.ts";
import { type ServerOption, withApi, withConnectionLimits, withPrivateHostsOnly } from "./server_options.ts";
import { FRAME, Http2Client } from "./testing/http2_client.ts";
import { noteApi } from "./testing/note_api.ts";
import { firstResponse, rawExchange } from "./testing/raw_exchange.ts";

const VARIANTS: readonly [name: string, options: readonly ServerOption[]][] = [
  ["Server.listen()", []],
  ["Server.listen() with connection limits", [withConnectionLimits()]],
];

/** Responds with the URL that links are derived from. */
const echoUrl: OnRead = (_request, { url }) =>
  Promise.resolve({ status: 200, headers: { ETag: '"7"' }, body: { text: url.href } });

function server(options: readonly ServerOption[]): Server {
  return createServer("127.0.0.1", 0, withApi(noteApi(echoUrl)), ...options);
}

/** Sends a request with one target and these lines, and returns the status and the complete response. */
async function get(url: string, target: string, ...lines: string[]): Promise<[status: number, text: string]> {
  const head = [`GET ${target} HTTP/1.1`, ...lines, "Connection: close", "", ""];
  const text = await rawExchange(url, head.join("\r\n"));
  return [Number(/^HTTP\/1\.1 ([0-9]{3})/.exec(text)?.[1]), text];
}

/** Responds to a header block that starts with a status from the static table (RFC 7541, appendix A). */
const STATUSES: Readonly<Record<number, number>> = { 0x88: 200, 0x8c: 400 };

async function status(
  client: Http2Client,
  fields: Readonly<Record<string, string>>,
): Promise<number | undefined> {
  const stream = await client.request(fields);
  const frame = await client.frame((frame) => frame.type === FRAME.headers && frame.stream === stream);
  return STATUSES[frame?.payload[0] ?? 0];
}

for (const [name, options] of VARIANTS) {
  Deno.test(`${name} uses the authority of an absolute-form target, if Host names the same`, async () => {
    await using notes = server(options);
    const { url } = await notes.listen();
    const rows: readonly (readonly [target: string, host: string, status: number])[] = [
      ["http://api.example/notes/1", "api.example", 200],
      ["http://API.example:80/notes/1", "api.example", 200],
      ["https://api.example/notes/1", "api.example:443", 200],
      ["http://evil.example/notes/1", "api.example", 400],
      ["http://api.example:81/notes/1", "api.example", 400],
      ["http://u:p@api.example/notes/1", "api.example", 400],
      ["http://u:p@api.example/notes/1", "u:p@api.example", 400],
      ["http://api.example:99999/notes/1", "api.example:99999", 400],
      ["ftp://api.example/notes/1", "api.example", 400],
      ["/notes/1#fragment", "api.example", 400],
      ["http://api.example/notes/1?a#/b", "api.example", 400],
    ];
    for (const [target, host, expected] of rows) {
      assertEquals((await get(url, target, `Host: ${host}`))[0], expected, `${target} ${host}`);
    }
  });

  Deno.test(`${name} checks the authority of HTTP/2`, async () => {
    await using notes = server(options);
    using client = await Http2Client.open((await notes.listen()).url);
    const rows: readonly (readonly [fields: Readonly<Record<string, string>>, status: number])[] = [
      [{ ":authority": "api.example" }, 200],
      [{ host: "api.example" }, 200],
      [{ ":authority": "api.example", host: "API.example" }, 200],
      [{ ":authority": "evil.example", host: "api.example" }, 400],
      [{ ":authority": "u:p@api.example" }, 400],
      [{ ":authority": "api.example:99999" }, 400],
      [{ ":authority": "api.example", ":scheme": "ftp" }, 400],
    ];
    for (const [fields, expected] of rows) {
      assertEquals(
        await status(client, { ":path": "/notes/1", ...fields }),
        expected,
        JSON.stringify(fields),
      );
    }
  });

  Deno.test(`${name} responds 421 to a public name wherever it stands, if configured`, async () => {
    await using notes = server([...options, withPrivateHostsOnly()]);
    const { url } = await notes.listen();
    for (const authority of ["evil.example", "evil.example:8080"]) {
      assertEquals((await get(url, "/notes/1", `Host: ${authority}`))[0], 421);
      assertEquals((await get(url, `http://${authority}/notes/1`, `Host: ${authority}`))[0], 421);
      using client = await Http2Client.open(url);
      const stream = await client.request({ ":path": "/notes/1", ":authority": authority });
      const body = await client.frame((frame) => frame.type === FRAME.data && frame.stream === stream);
      assertStringIncludes(new TextDecoder().decode(body?.payload), '"/problems/misdirected-request"');
    }
    for (const authority of ["127.0.0.1:8080", "localhost", "[::1]:80"]) {
      assertEquals((await get(url, "/notes/1", `Host: ${authority}`))[0], 200, authority);
      assertEquals((await get(url, `http://${authority}/notes/1`, `Host: ${authority}`))[0], 200, authority);
    }
  });

  Deno.test(`${name} responds 501 to transfer codings, and 417 to expectations`, async () => {
    await using notes = server(options);
    const { url } = await notes.listen();
    const head = "POST /notes HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n";
    const coded = await firstResponse(
      url,
      `${head}Transfer-Encoding: gzip, chunked\r\n\r\n1\r\na\r\n0\r\n\r\n`,
    );
    assertMatch(coded, /^HTTP\/1\.1 501 [^]*connection: close/i);
    const expects = await firstResponse(url, `${head}Expect: foo\r\nContent-Length: 12\r\n\r\n{"text":"a"}`);
    assertMatch(expects, /^HTTP\/1\.1 417 [^]*"\/problems\/expectation-failed"/);
  });
}

Deno.test("Server.listen() with connection limits requires Host, except of HTTP/1.0", async () => {
  await using notes = server([withConnectionLimits()]);
  const { url } = await notes.listen();
  const [refused, problem] = await get(url, "/notes/1");
  assertEquals(refused, 400);
  assertStringIncludes(problem, "The Host header is missing");
  const old = await rawExchange(url, "GET /notes/1 HTTP/1.0\r\n\r\n");
  assertMatch(old, /^HTTP\/1\.0 200 /);
  assertStringIncludes(old, `{"text":"${url}/notes/1"}`);
  using client = await Http2Client.open(url);
  assertEquals(await status(client, { ":path": "/notes/1" }), 400);
});

Deno.test("Server.listen() uses its own address for a request without Host", async () => {
  await using notes = server([]);
  const { url } = await notes.listen();
  const text = await rawExchange(url, "GET /notes/1 HTTP/1.0\r\n\r\n");
  assertStringIncludes(text, `{"text":"http://localhost:${new URL(url).port}/notes/1"}`);
});
