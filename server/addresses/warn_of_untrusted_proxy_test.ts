import { assertEquals } from "@std/assert";
import { SILENT_LOGGER } from "../logger.ts";
import { createServer } from "../server.ts";
import { withObserver } from "../server_options.ts";
import { warnOfUntrustedProxy } from "./warn_of_untrusted_proxy.ts";

Deno.test("warnOfUntrustedProxy() warns once of a forwarded request", async () => {
  for (const name of ["Forwarded", "X-Forwarded-For"]) {
    const warnings: string[] = [];
    const logger = { ...SILENT_LOGGER, warn: (message: string): void => void warnings.push(message) };
    await using server = createServer("127.0.0.1", 0, withObserver(warnOfUntrustedProxy(logger)));
    const send = async (headers: HeadersInit): Promise<void> => {
      const response = await server.fetch(new Request("http://localhost/livez", { headers }));
      await response.body?.cancel();
      assertEquals(response.status, 200);
    };
    await send({});
    assertEquals(warnings.length, 0);
    await send({ [name]: "anything" });
    await send({ [name]: "anything" });
    assertEquals(warnings.length, 1);
  }
});
