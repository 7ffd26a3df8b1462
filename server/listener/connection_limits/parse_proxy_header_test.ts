import { assertEquals } from "@std/assert";
import { parseProxyHeader } from "./parse_proxy_header.ts";

const SIGNATURE = "0d0a0d0a000d0a515549540a";

function text(line: string): unknown {
  return summary(parseProxyHeader(new TextEncoder().encode(line)));
}

function binary(hex: string): unknown {
  return summary(parseProxyHeader(Uint8Array.fromHex(`${SIGNATURE}${hex.replaceAll(" ", "")}`)));
}

function summary(header: ReturnType<typeof parseProxyHeader>): unknown {
  if (typeof header === "string") return header;
  return [header.client?.hostname, header.client?.port, header.size];
}

Deno.test("parseProxyHeader() reads version 1", () => {
  assertEquals(text("PROXY TCP4 192.0.2.1 198.51.100.1 4711 443\r\nGET /"), ["192.0.2.1", 4711, 44]);
  assertEquals(text("PROXY TCP6 2001:DB8::1 ::1 4711 443\r\n"), ["2001:db8::1", 4711, 37]);
  assertEquals(text("PROXY UNKNOWN\r\n"), [undefined, undefined, 15]);
  assertEquals(text("PROXY UNKNOWN ffff:: ffff:: 65535 65535\r\n"), [undefined, undefined, 41]);
});

Deno.test("parseProxyHeader() reads version 2", () => {
  const tcp4 = "c0000201 c6336401 1267 01bb";
  assertEquals(binary(`21 11 000c ${tcp4} 474554`), ["192.0.2.1", 4711, 28]);
  assertEquals(binary(`21 11 000f ${tcp4} 040000`), ["192.0.2.1", 4711, 31]);
  const tcp6 = `20010db8${"00".repeat(11)}01 ${"00".repeat(15)}01 1267 01bb`;
  assertEquals(binary(`21 21 0024 ${tcp6}`), ["2001:db8::1", 4711, 52]);
  assertEquals(binary("20 00 0000"), [undefined, undefined, 16]);
  assertEquals(binary(`21 31 0003 000000`), [undefined, undefined, 19]);
});

Deno.test("parseProxyHeader() reports an incomplete header at every length", () => {
  const line = "PROXY TCP4 192.0.2.1 198.51.100.1 4711 443\r\n";
  for (let length = 1; length < line.length; length++) {
    assertEquals(text(line.slice(0, length)), "incomplete", line.slice(0, length));
  }
  const hex = `${SIGNATURE}2111000cc0000201c6336401126701bb`;
  for (let length = 2; length < hex.length; length += 2) {
    assertEquals(parseProxyHeader(Uint8Array.fromHex(hex.slice(0, length))), "incomplete");
  }
});

Deno.test("parseProxyHeader() rejects everything else", () => {
  const lines = [
    ...["GET / HTTP/1.1\r\n", "PROXY\r\n", "PROXYTCP4 192.0.2.1 192.0.2.2 1 2\r\n", "\x16\x03\x01"],
    ...["PROXY TCP4 192.0.2.1 192.0.2.2 1\r\n", "PROXY TCP4 192.0.2.1 192.0.2.2 65536 1\r\n"],
    ...["PROXY TCP4 192.0.2.256 192.0.2.2 1 2\r\n", "PROXY TCP4 ::1 ::1 1 2\r\n"],
    ...["PROXY TCP6 192.0.2.1 192.0.2.2 1 2\r\n", "PROXY TCP4  192.0.2.1 192.0.2.2 1 2\r\n"],
    ...["PROXY UDP4 192.0.2.1 192.0.2.2 1 2\r\n", `PROXY UNKNOWN ${"x".repeat(100)}`],
  ];
  for (const line of lines) assertEquals(text(line), "malformed", line);
  assertEquals(binary("11 11 000c c0000201 c6336401 1267 01bb"), "malformed");
  assertEquals(binary("22 11 000c c0000201 c6336401 1267 01bb"), "malformed");
  assertEquals(binary("21 11 000b c0000201 c6336401 1267 01"), "malformed");
  assertEquals(binary("21 11 ffff"), "malformed");
});
