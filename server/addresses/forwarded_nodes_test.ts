import { assertEquals } from "@std/assert";
import { parseForwarded, parseForwardedFor } from "./forwarded_nodes.ts";

Deno.test("parseForwarded() parses tokens, quoted strings, brackets, ports and several elements", () => {
  const read: readonly (readonly [string, readonly (string | undefined)[]])[] = [
    ["for=192.0.2.60;proto=http;by=203.0.113.43", ["192.0.2.60"]],
    ['For="[2001:DB8:cafe::17]:4711"', ["2001:db8:cafe::17"]],
    ['for=192.0.2.43, for="[2001:db8::1]" , FOR=198.51.100.17', [
      "192.0.2.43",
      "2001:db8::1",
      "198.51.100.17",
    ]],
    ['for="192.0.2.43:47011";host="a,b;c=d"', ["192.0.2.43"]],
    ['for="192.0.2.43:_port"', ["192.0.2.43"]],
    ['for="\\192.0.2.4\\3"', ["192.0.2.43"]],
    ['for="[::ffff:192.0.2.43]"', ["192.0.2.43"]],
    ["for=unknown, for=_hidden, proto=https", [undefined, undefined, undefined]],
    ['for="[2001:db8::1", for="2001:db8::1", for="", for=192.0.2.256', [
      undefined,
      undefined,
      undefined,
      undefined,
    ]],
  ];
  for (const [field, nodes] of read) assertEquals(parseForwarded(field), nodes, field);
});

Deno.test("parseForwarded() rejects a field that is malformed anywhere", () => {
  const malformed = [
    "",
    ",",
    "192.0.2.1",
    "for=",
    "for=192.0.2.1,",
    "for=192.0.2.1;",
    "for=192.0.2.1:80",
    "for=192.0.2.1;for=192.0.2.2",
    'for="192.0.2.1',
    // An unclosed quote from the client must not swallow the element that the proxy appends.
    'for="192.0.2.1, for=198.51.100.1',
    'for=192.0.2.1;by=", for="[2001:db8::1]"',
    'for="a\\", for=198.51.100.1',
    "for=192.0.2.1 for=192.0.2.2",
    "for=ä",
    `${"for=192.0.2.1;".repeat(1000)}`,
    `for="${"\\".repeat(8000)}`,
  ];
  for (const field of malformed) assertEquals(parseForwarded(field), undefined, field.slice(0, 60));
});

Deno.test("parseForwardedFor() parses addresses with and without ports, and undefined for others", () => {
  assertEquals(
    parseForwardedFor("192.0.2.1, 2001:DB8::1,[2001:db8::2]:80 , 192.0.2.2:1234, ::ffff:192.0.2.3"),
    [
      "192.0.2.1",
      "2001:db8::1",
      "2001:db8::2",
      "192.0.2.2",
      "192.0.2.3",
    ],
  );
  const garbage =
    "unknown,, 192.0.2.1.5, 0x7f.1, 127.1, 010.0.0.1, fe80::1%eth0, <script>, :::, 1:2, 300.1.1.1";
  assertEquals(parseForwardedFor(garbage), garbage.split(",").map(() => undefined));
});
