import { assertEquals } from "@std/assert";
import { Settings } from "./settings.ts";
import { parseTrustedProxies } from "./trusted_proxies.ts";

function parse(text: string): { readonly networks: readonly string[]; readonly faults: readonly string[] } {
  const settings = new Settings((name) => name === "TRUSTED_PROXIES" ? text : undefined);
  const networks = parseTrustedProxies(settings).map(([address, bits]) => `${address}/${bits}`);
  return { networks, faults: settings.faults.map(({ variable }) => variable) };
}

Deno.test("parseTrustedProxies() reads addresses and networks", () => {
  assertEquals(parse(""), { networks: [], faults: [] });
  assertEquals(parse("10.0.0.0/8, 192.0.2.1,::1,2001:db8::/32,0.0.0.0/0,::ffff:10.0.0.0/104"), {
    networks: ["10.0.0.0/8", "192.0.2.1/32", "::1/128", "2001:db8::/32", "0.0.0.0/0", "10.0.0.0/8"],
    faults: [],
  });
});

Deno.test("parseTrustedProxies() tells once of what is neither", () => {
  const wrong = ["proxy", "10.0.0.0/33", "10.0.0.0/8,", "::ffff:10.0.0.0/8", "proxy,10.0.0.0/99"];
  for (const text of wrong) assertEquals(parse(text).faults, ["TRUSTED_PROXIES"], text);
});
