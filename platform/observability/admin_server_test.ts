import { assertEquals, assertMatch, assertRejects, assertThrows } from "@std/assert";
import { ListenError } from "@archway/server/listener.ts";
import { startAdminServer } from "./admin_server.ts";

const METRICS = { contentType: "text/plain; version=0.0.4", text: () => Promise.resolve("metric 1\n") };
const ADDRESS = { host: "127.0.0.1", port: 0 };

Deno.test("startAdminServer() serves metrics and nothing else", async () => {
  await using admin = startAdminServer(ADDRESS, METRICS);
  const ask = async (path: string, method = "GET"): Promise<readonly unknown[]> => {
    const response = await fetch(`${admin.url}${path}`, { method });
    return [response.status, await response.text(), response.headers.get("content-type")];
  };
  assertEquals(await ask("/metrics"), [200, "metric 1\n", METRICS.contentType]);
  assertEquals(await ask("/metrics?name=x"), [200, "metric 1\n", METRICS.contentType]);
  assertEquals(await ask("/metrics", "HEAD"), [200, "", METRICS.contentType]);
  assertEquals((await ask("/metrics", "POST"))[0], 405);
  for (const path of ["/", "/livez", "/v1/profiles", "/metrics/"]) assertEquals((await ask(path))[0], 404);
});

Deno.test("startAdminServer() serves the readiness of a program without services", async () => {
  let ready = false;
  await using admin = startAdminServer(ADDRESS, METRICS, { isReady: () => ready });
  const ask = async (path: string, method = "GET"): Promise<readonly unknown[]> => {
    const response = await fetch(`${admin.url}${path}`, { method });
    return [response.status, await response.text()];
  };
  assertEquals([await ask("/livez"), await ask("/readyz")], [[200, "ok\n"], [503, "unavailable\n"]]);
  ready = true;
  assertEquals([await ask("/readyz"), await ask("/readyz", "HEAD")], [[200, "ok\n"], [200, ""]]);
  assertEquals([(await ask("/readyz", "POST"))[0], (await ask("/metrics"))[0]], [405, 200]);
});

Deno.test("startAdminServer() serves no page whose name was rebound to this machine", async () => {
  await using admin = startAdminServer(ADDRESS, METRICS, { privateHostsOnly: true });
  const port = Number(new URL(admin.url).port);
  const statusOf = async (target: string, host: string): Promise<string> => {
    using connection = await Deno.connect({ hostname: "127.0.0.1", port });
    const head = `GET ${target} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`;
    await connection.write(new TextEncoder().encode(head));
    const response = await new Response(connection.readable).text();
    return response.slice("HTTP/1.1 ".length, "HTTP/1.1 ".length + 3);
  };
  assertEquals(await statusOf("/metrics", `evil.example:${port}`), "421");
  assertEquals(await statusOf("http://evil.example/metrics", "evil.example"), "421");
  for (const host of [`127.0.0.1:${port}`, "localhost", "archway", `[::1]:${port}`]) {
    assertEquals(await statusOf("/metrics", host), "200", host);
  }
});

Deno.test("startAdminServer() closes when disposed of, and reports a port in use in one line", async () => {
  const admin = startAdminServer(ADDRESS, METRICS);
  const port = Number(new URL(admin.url).port);
  const { message } = assertThrows(() => startAdminServer({ ...ADDRESS, port }, METRICS), ListenError);
  assertMatch(
    message,
    /^Cannot listen on 127\.0\.0\.1:\d+ for metrics: the address is already in use; .* set ADMIN_PORT to another port$/,
  );
  await admin[Symbol.asyncDispose]();
  await assertRejects(() => fetch(`${admin.url}/metrics`));
});

Deno.test("startAdminServer() closes despite an incomplete request", async () => {
  const admin = startAdminServer(ADDRESS, METRICS);
  using connection = await Deno.connect({ hostname: "127.0.0.1", port: Number(new URL(admin.url).port) });
  await connection.write(new TextEncoder().encode("GET /metrics HTTP/1.1\r\nHost: admin\r\n"));
  await (await fetch(`${admin.url}/metrics`)).body?.cancel();
  await admin[Symbol.asyncDispose]();
});
