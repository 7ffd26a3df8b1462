import { assertEquals } from "@std/assert";
import { SILENT_LOGGER } from "../logger.ts";
import { createServer } from "../server.ts";
import { withObserver } from "../server_options.ts";
import { warnOfProxies } from "./warn_of_proxies.ts";

Deno.test("warnOfProxies() tells once that a request was forwarded", async () => {
  for (const name of ["Forwarded", "X-Forwarded-For"]) {
    const warnings: string[] = [];
    const logger = { ...SILENT_LOGGER, warn: (message: string): void => void warnings.push(message) };
    await using server = createServer("127.0.0.1", 0, withObserver(warnOfProxies(logger)));
    const ask = async (headers: HeadersInit): Promise<void> => {
      const response = await server.fetch(new Request("http://localhost/livez", { headers }));
      await response.body?.cancel();
      assertEquals(response.status, 200);
    };
    await ask({});
    assertEquals(warnings.length, 0);
    await ask({ [name]: "anything" });
    await ask({ [name]: "anything" });
    assertEquals(warnings.length, 1);
  }
});
