import { assert, assertEquals } from "@std/assert";
import { addressKey, callerKey } from "./caller_key.ts";
import { Exchange } from "../request/exchange.ts";

function exchangeFrom(hostname?: string, subject?: string): Exchange {
  const peer = hostname === undefined
    ? undefined
    : { remoteAddr: { transport: "tcp" as const, hostname, port: 1 } };
  const exchange = new Exchange(new Request("http://localhost/"), { peer });
  if (subject !== undefined) exchange.principal = { subject, scopes: new Set() };
  return exchange;
}

Deno.test("addressKey() is one for all that one client can use", () => {
  const keys = [
    "192.0.2.1",
    "::ffff:192.0.2.1",
    "2001:db8::1",
    "2001:db8:0:0:ffff::2",
    "2001:db8:0:1::1",
    "fe80::1%eth0",
  ]
    .map((hostname) => addressKey(exchangeFrom(hostname)));
  assertEquals(keys, [
    "address 192.0.2.1",
    "address 192.0.2.1",
    "address 2001:db8:0:0::/64",
    "address 2001:db8:0:0::/64",
    "address 2001:db8:0:1::/64",
    "address fe80:0:0:0::/64",
  ]);
  assertEquals(addressKey(exchangeFrom()), "address");
});

Deno.test("callerKey() is the principal's, never taken for an address or another's, and never long", () => {
  assertEquals(callerKey(exchangeFrom("192.0.2.1")), "address 192.0.2.1");
  const subjects = ["ann", "192.0.2.1", "address 192.0.2.1", "# x", "a".repeat(129), "a".repeat(130)];
  const keys = subjects.map((subject) => callerKey(exchangeFrom("192.0.2.1", subject)));
  assertEquals(new Set([...keys, "address 192.0.2.1"]).size, subjects.length + 1);
  assertEquals(keys[0], "principal ann");
  assert(keys.every((key) => key.length < 150));
});
