import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import type { Exchange } from "@archway/server/request_observer.ts";
import { createServer, type Server } from "@archway/server/server.ts";
import {
  type ServerOption,
  withApi,
  withConnectionLimits,
  withObserver,
} from "@archway/server/server_options.ts";
import { noteApi } from "@archway/server/testing/note_api.ts";
import { FaultInjector } from "./fault_injector.ts";

/** Server with faults, and what was injected into its requests. */
function serverWithFaults(
  ...options: readonly ServerOption[]
): { readonly server: Server; readonly faults: FaultInjector; readonly injected: (string | undefined)[] } {
  const faults = new FaultInjector();
  const injected: (string | undefined)[] = [];
  const api = noteApi();
  faults.inspect([api], new AbortController().signal);
  const server = createServer(
    "127.0.0.1",
    0,
    withApi(api),
    withObserver((serve) => async (exchange: Exchange) => {
      const response = await serve(exchange);
      injected.push(faults.injectedInto(exchange));
      return response;
    }),
    withObserver(faults.observer),
    ...options,
  );
  return { server, faults, injected };
}

async function statusOf(address: string): Promise<number> {
  const response = await fetch(address);
  await response.body?.cancel();
  return response.status;
}

Deno.test("FaultInjector injects faults into the next requests of the chosen operation alone", async () => {
  const { server, faults, injected } = serverWithFaults();
  await using running = server;
  const { url } = await running.listen();
  const operation = "GET /notes/{id}";
  assert(faults.operations.includes(operation), faults.operations.join(", "));
  faults.arm({ kind: "unavailable", operation, remaining: 2, delayMs: 0 });
  faults.arm({ kind: "delay", operation: undefined, remaining: 1, delayMs: 1 });
  const response = await fetch(`${url}/notes/1`);
  const { type, status } = await response.json();
  assertEquals([type, status, response.headers.get("retry-after")], ["/problems/overloaded", 503, "1"]);
  assertEquals(await statusOf(`${url}/livez`), 200);
  assertEquals(await statusOf(`${url}/notes/1`), 503);
  assertEquals(await statusOf(`${url}/notes/1`), 200);
  assertEquals(injected, [
    "delayed by 1 ms, 503 without a call of the service",
    undefined,
    "503 without a call of the service",
    undefined,
  ]);
  assertEquals(faults.armed, []);
});

for (
  const [title, options] of [
    ["", []],
    [" with connection limits", [withConnectionLimits()]],
  ] as const
) {
  Deno.test(`FaultInjector breaks the connection in place of the content of a response${title}`, async () => {
    const { server, faults, injected } = serverWithFaults(...options);
    await using running = server;
    const { url } = await running.listen();
    faults.arm({ kind: "drop", operation: undefined, remaining: 1, delayMs: 0 });
    const { hostname, port } = new URL(url);
    using connection = await Deno.connect({ hostname, port: Number(port) });
    await connection.write(new TextEncoder().encode("GET /notes/1 HTTP/1.1\r\nHost: localhost\r\n\r\n"));
    const sent = await new Response(connection.readable).text();
    assertMatch(sent, /^HTTP\/1\.1 200 OK\r\n(?:[a-z-]+: .+\r\n)+\r\n$/);
    faults.arm({ kind: "drop", operation: "GET /notes/{id}", remaining: 5, delayMs: 0 });
    await assertRejects(() => fetch(`${url}/notes/1`).then((response) => response.text()), TypeError);
    faults.disarm();
    assertEquals(await statusOf(`${url}/notes/1`), 200);
    const dropped = "response dropped after the service was done";
    assertEquals(injected, [dropped, dropped, undefined]);
  });
}
