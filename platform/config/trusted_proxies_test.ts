import { assertEquals } from "@std/assert";
import { EnvironmentReader } from "./environment_reader.ts";
import { readTrustedProxies } from "./trusted_proxies.ts";

function parse(text: string): { readonly networks: readonly string[]; readonly errors: readonly string[] } {
  const settings = new EnvironmentReader((name) => name === "TRUSTED_PROXIES" ? text : undefined);
  const networks = readTrustedProxies(settings).map(([address, bits]) => `${address}/${bits}`);
  return { networks, errors: settings.errors.map(({ variable }) => variable) };
}

Deno.test("readTrustedProxies() reads addresses and networks", () => {
  assertEquals(parse(""), { networks: [], errors: [] });
  assertEquals(parse("10.0.0.0/8, 192.0.2.1,::1,2001:db8::/32,0.0.0.0/0,::ffff:10.0.0.0/104"), {
    networks: ["10.0.0.0/8", "192.0.2.1/32", "::1/128", "2001:db8::/32", "0.0.0.0/0", "10.0.0.0/8"],
    errors: [],
  });
});

Deno.test("readTrustedProxies() rejects any other value with one error", () => {
  const wrong = ["proxy", "10.0.0.0/33", "10.0.0.0/8,", "::ffff:10.0.0.0/8", "proxy,10.0.0.0/99"];
  for (const text of wrong) assertEquals(parse(text).errors, ["TRUSTED_PROXIES"], text);
});
