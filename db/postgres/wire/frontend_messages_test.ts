import { assertEquals } from "@std/assert";
import { Buffer } from "node:buffer";
import * as messages from "./frontend_messages.ts";
import { OutputBuffer } from "./output_buffer.ts";

function bytesOf(write: (output: OutputBuffer) => void): string {
  const sent: Uint8Array[] = [];
  const output = new OutputBuffer((bytes) => sent.push(bytes));
  write(output);
  output.flush();
  return Buffer.concat(sent).toString("latin1");
}

Deno.test("writeStartup() and the other packets of the handshake have no type", () => {
  assertEquals(
    bytesOf((output) => messages.writeStartup(output, { user: "u", database: "d" })),
    "\0\0\0\x1b\0\x03\0\0user\0u\0database\0d\0\0",
  );
  assertEquals(bytesOf((output) => messages.writeSslRequest(output)), "\0\0\0\x08\x04\xd2\x16\x2f");
  const key = { pid: 258, secret: Uint8Array.of(1, 2, 3, 4) };
  assertEquals(
    bytesOf((output) => messages.writeCancelRequest(output, key)),
    "\0\0\0\x10\x04\xd2\x16\x2e\0\0\x01\x02\x01\x02\x03\x04",
  );
});

Deno.test("writePassword() and the SASL messages share a type", () => {
  assertEquals(bytesOf((output) => messages.writePassword(output, "pä")), "p\0\0\0\x08p\xc3\xa4\0");
  assertEquals(
    bytesOf((output) => messages.writeSaslInitial(output, "M", "n,,")),
    "p\0\0\0\x0dM\0\0\0\0\x03n,,",
  );
  assertEquals(bytesOf((output) => messages.writeSaslResponse(output, "c=")), "p\0\0\0\x06c=");
});

Deno.test("writeParse(), writeBind() and the messages behind them run a statement", () => {
  assertEquals(
    bytesOf((output) => messages.writeParse(output, "s1", "SELECT 1")),
    "P\0\0\0\x12s1\0SELECT 1\0\0\0",
  );
  assertEquals(
    bytesOf((output) => messages.writeBind(output, "s1", ["a", null])),
    "B\0\0\0\x17\0s1\0\0\0\0\x02\0\0\0\x01a\xff\xff\xff\xff\0\0",
  );
  assertEquals(bytesOf((output) => messages.writeDescribePortal(output)), "D\0\0\0\x06P\0");
  assertEquals(
    bytesOf((output) => messages.writeExecuteAndSync(output)),
    "E\0\0\0\x09\0\0\0\0\0S\0\0\0\x04",
  );
  assertEquals(bytesOf((output) => messages.writeCloseStatement(output, "s1")), "C\0\0\0\x08Ss1\0");
  assertEquals(bytesOf((output) => messages.writeQuery(output, "END")), "Q\0\0\0\x08END\0");
  assertEquals(bytesOf((output) => messages.writeTerminate(output)), "X\0\0\0\x04");
});

Deno.test("sendCopyData() and the ends of a COPY", () => {
  assertEquals(bytesOf((output) => messages.sendCopyData(output, Uint8Array.of(97, 10))), "d\0\0\0\x06a\n");
  assertEquals(bytesOf((output) => messages.writeCopyDone(output)), "c\0\0\0\x04");
  assertEquals(bytesOf((output) => messages.writeCopyFail(output, "no")), "f\0\0\0\x07no\0");
});
