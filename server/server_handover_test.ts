import { assertEquals, assertMatch } from "@std/assert";
import type { StrictResponse } from "./operation.ts";
import { createServer } from "./server.ts";
import {
  type ServerOption,
  withApi,
  withConnectionLimits,
  withDrain,
  withReusePort,
} from "./server_options.ts";
import { noteApi } from "./testing/note_api.ts";
import { RawClient } from "./testing/raw_client.ts";

const NOTE: StrictResponse = { status: 200, headers: { ETag: '"7"' }, body: { text: "late" } };

const VARIANTS: readonly [variant: string, limits: ServerOption[]][] = [
  ["", []],
  [" with connection limits", [withConnectionLimits()]],
];

for (const [variant, limits] of VARIANTS) {
  Deno.test({
    name: `Server.shutdown()${variant} hands over to another server on the port and remains ready meanwhile`,
    // Elsewhere servers cannot share a port.
    ignore: Deno.build.os !== "linux",
    async fn(): Promise<void> {
      const entered = Promise.withResolvers<void>();
      const released = Promise.withResolvers<void>();
      const api = noteApi(async () => {
        entered.resolve();
        await released.promise;
        return NOTE;
      });
      // A wait would exceed the time limit of the test.
      const drain = withDrain({ waitMs: 3_600_000 });
      await using old = createServer("127.0.0.1", 0, ...limits, withReusePort(), drain, withApi(api));
      const { url } = await old.listen();
      using kept = await RawClient.open(url);
      await kept.send("GET /readyz HTTP/1.1\r\nHost: localhost\r\n\r\n");
      await kept.readUntil('"}');
      const response = fetch(`${url}/notes/1`);
      await entered.promise;
      const next = createServer("127.0.0.1", Number(new URL(url).port), ...limits, withReusePort());
      await using _next = next;
      await next.listen();
      const stopped = old.shutdown({ handover: true });
      await kept.send("GET /readyz HTTP/1.1\r\nHost: localhost\r\n\r\n");
      assertMatch(await kept.readUntil('"}'), /^HTTP\/1\.1 200 /);
      released.resolve();
      assertEquals(await (await response).json(), { text: "late" });
      assertEquals(await stopped, { cancelled: 0 });
      const ready = await fetch(`${url}/readyz`);
      assertEquals([ready.status, await ready.json()], [200, { status: "ok" }]);
    },
  });
}
