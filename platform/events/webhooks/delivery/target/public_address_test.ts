import { assertEquals } from "@std/assert";
import { isPublicAddress } from "./public_address.ts";

Deno.test("isPublicAddress() is true for addresses of the public internet only", () => {
  for (
    const address of [
      "8.8.8.8",
      "93.184.216.34",
      "172.32.0.1",
      "2606:2800:220:1::1",
      "2000::1",
      "3fff:ffff::1",
      "64:ff9b::8.8.8.8",
    ]
  ) {
    assertEquals(isPublicAddress(address), true, address);
  }
  for (
    const address of [
      ...["127.0.0.1", "127.255.0.1", "0.0.0.0", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1"],
      ...["169.254.169.254", "100.64.0.1", "224.0.0.1", "239.1.1.1", "255.255.255.255", "240.0.0.1"],
      ...["192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "192.0.0.1"],
      ...["::", "::1", "fe80::1", "fc00::1", "fd12::1", "ff02::1", "2001:db8::1", "100::1"],
      ...["::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::10.0.0.1", "64:ff9b::127.0.0.1", "::127.0.0.1"],
      ...["2002:7f00:1::", "2001:0:1::1", "64:ff9b:1::1", "fec0::1", "", "example.com", "1.2.3", "0x7f.1"],
      // Not assigned by any registry.
      ...["200::1", "1fff::1", "4000::1", "e000::1", "::2:7f00:1", "100:0:0:1::1"],
    ]
  ) assertEquals(isPublicAddress(address), false, address);
});
