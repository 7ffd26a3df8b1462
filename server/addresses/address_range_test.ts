import { assertEquals } from "@std/assert";
import { isWithin, parseAddressRange } from "./address_range.ts";

function within(range: string, address: string): boolean {
  const parsed = parseAddressRange(range);
  if (parsed === undefined) throw new Error(`${range} is not a range`);
  return isWithin(address, [parsed]);
}

Deno.test("parseAddressRange() accepts IPv4 and IPv6 addresses and networks", () => {
  assertEquals([within("10.0.0.0/8", "10.1.2.3"), within("10.0.0.0/8", "11.0.0.1")], [true, false]);
  assertEquals([within("192.0.2.1", "192.0.2.1"), within("192.0.2.1", "192.0.2.2")], [true, false]);
  assertEquals([within("2001:db8::/32", "2001:DB8:1::1"), within("::1", "::2")], [true, false]);
  assertEquals([within("0.0.0.0/0", "203.0.113.9"), within("0.0.0.0/0", "::1")], [true, false]);
  assertEquals([within("::/0", "2001:db8::1"), within("::/0", "10.0.0.1")], [true, false]);
});

Deno.test("parseAddressRange() converts IPv4-mapped networks to IPv4", () => {
  for (const range of ["::ffff:10.0.0.0/104", "::FFFF:a00:0/104"]) {
    assertEquals([within(range, "10.1.2.3"), within(range, "11.0.0.1")], [true, false], range);
    assertEquals(within(range, "::ffff:10.1.2.3"), true, range);
  }
  assertEquals([within("::ffff:0:0/96", "203.0.113.9"), within("::ffff:0:0/96", "::1")], [true, false]);
  assertEquals([within("::ffff:10.0.0.1/128", "10.0.0.1"), within("::ffff:10.0.0.1", "10.0.0.2")], [
    true,
    false,
  ]);
});

Deno.test("parseAddressRange() rejects everything else", () => {
  const wrong = [
    ...["", "proxy", "*", "10/8", "010.0.0.1", "10.0.0.1-10.0.0.9", "10.0.0.0/", "10.0.0.0/8/8"],
    ...["10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/1e1", "::/129", "fe80::1%eth0", "[::1]"],
    // Networks that include more than mapped IPv4 addresses.
    ...["::ffff:10.0.0.0/95", "::ffff:10.0.0.0/8", "::ffff:10.0.0.0/129"],
  ];
  for (const text of wrong) assertEquals(parseAddressRange(text), undefined, text);
});

Deno.test("isWithin() returns false for a text that is not an address", () => {
  for (const text of ["", "unknown", "fe80::1%eth0", "10.1"]) assertEquals(within("0.0.0.0/0", text), false);
});
