import { assertEquals } from "@std/assert";
import { trustProxies } from "../testing/trust_proxies.ts";

const PROXIES = trustProxies("10.0.0.0/8", "127.0.0.1", "2001:db8:f::/48");

function clientOf(peer: string, headers: Readonly<Record<string, string>>): string {
  return PROXIES.clientOf(peer, new Headers(headers));
}

const FORWARDED_FOR = "X-Forwarded-For";

Deno.test("TrustedProxies.clientOf() ignores the headers of other senders", () => {
  const headers = { [FORWARDED_FOR]: "198.51.100.1", Forwarded: "for=198.51.100.1" };
  for (const peer of ["192.0.2.1", "11.0.0.1", "2001:db8:e::1", "fe80::1%eth0", ""]) {
    assertEquals(clientOf(peer, headers), peer);
  }
  for (const peer of ["10.1.2.3", "127.0.0.1", "2001:db8:f::1", "::ffff:10.1.2.3"]) {
    assertEquals(clientOf(peer, headers), "198.51.100.1");
  }
});

Deno.test("TrustedProxies.clientOf() returns the first address from the right that is not a proxy", () => {
  assertEquals(clientOf("10.0.0.1", { [FORWARDED_FOR]: "6.6.6.6, 198.51.100.1, 10.0.0.2" }), "198.51.100.1");
  assertEquals(
    clientOf("10.0.0.1", { Forwarded: "for=6.6.6.6, for=198.51.100.1, for=10.0.0.2" }),
    "198.51.100.1",
  );
  assertEquals(clientOf("10.0.0.1", { [FORWARDED_FOR]: "10.0.0.3, 10.0.0.2" }), "10.0.0.3");
  assertEquals(clientOf("10.0.0.1", { [FORWARDED_FOR]: "6.6.6.6, 2001:DB8:A::1" }), "2001:db8:a::1");
});

Deno.test("TrustedProxies.clientOf() stops at an unknown hop", () => {
  assertEquals(clientOf("10.0.0.1", { [FORWARDED_FOR]: "6.6.6.6, garbage" }), "10.0.0.1");
  assertEquals(clientOf("10.0.0.1", { [FORWARDED_FOR]: "6.6.6.6, unknown, 10.0.0.2" }), "10.0.0.2");
  assertEquals(clientOf("10.0.0.1", { Forwarded: "for=6.6.6.6, for=_hidden, for=10.0.0.2" }), "10.0.0.2");
  assertEquals(clientOf("10.0.0.1", { Forwarded: 'for=6.6.6.6;by=", for="[2001:db8::1]"' }), "10.0.0.1");
  assertEquals(clientOf("10.0.0.1", { [FORWARDED_FOR]: "" }), "10.0.0.1");
  assertEquals(clientOf("10.0.0.1", {}), "10.0.0.1");
});

Deno.test("TrustedProxies.clientOf() ignores two headers that disagree", () => {
  const both = (forwarded: string, forwardedFor: string): string =>
    clientOf("10.0.0.1", { Forwarded: forwarded, [FORWARDED_FOR]: forwardedFor });
  assertEquals(both("for=198.51.100.1", "198.51.100.1"), "198.51.100.1");
  assertEquals(both('for="[2001:db8::1]"', "6.6.6.6, 2001:DB8::1"), "2001:db8::1");
  assertEquals(both("for=6.6.6.6", "198.51.100.1"), "10.0.0.1");
  assertEquals(both("for=198.51.100.1", "6.6.6.6"), "10.0.0.1");
  assertEquals(both("nonsense", "198.51.100.1"), "10.0.0.1");
});
