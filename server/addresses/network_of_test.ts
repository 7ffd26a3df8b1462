import { assertEquals } from "@std/assert";
import { networkOf } from "./network_of.ts";

Deno.test("networkOf() returns the /64 network of IPv6, and the address of IPv4", () => {
  assertEquals(networkOf("192.0.2.1"), "192.0.2.1");
  assertEquals(networkOf("::ffff:192.0.2.1"), "192.0.2.1");
  assertEquals(networkOf("2001:db8:1:2::1"), "2001:db8:1:2::/64");
  assertEquals(networkOf("2001:db8:1:2:ffff::9%eth0"), "2001:db8:1:2::/64");
  assertEquals(networkOf("::1"), "0:0:0:0::/64");
  assertEquals(networkOf("no:address"), "no:address");
});
