import { Buffer } from "node:buffer";

/** Returns a message as a server sends it. */
export function serverMessage(type: string, content: Uint8Array | string = ""): Buffer {
  const bytes = Buffer.from(content);
  const header = Buffer.alloc(5);
  header.write(type);
  header.writeInt32BE(4 + bytes.length, 1);
  return Buffer.concat([header, bytes]);
}

/** Response to a startup packet: no password, a setting, the key and readiness. */
export const GREETING = Buffer.concat([
  serverMessage("R", Buffer.of(0, 0, 0, 0)),
  serverMessage("S", "server_version\x0018.4\0"),
  serverMessage("K", Buffer.of(0, 0, 0, 7, 1, 2, 3, 4)),
  serverMessage("Z", "I"),
]);

/** Response to a statement that returns the rows (1, "a") and (null, "é"), after a notice. */
export const ROWS = Buffer.concat([
  serverMessage("1"),
  serverMessage("2"),
  serverMessage("T", Buffer.concat([Buffer.of(0, 2), column("id", 23), column("name", 25)])),
  serverMessage("N", "SNOTICE\0VNOTICE\0C00000\0Mnote\0\0"),
  serverMessage("D", Buffer.concat([Buffer.of(0, 2, 0, 0, 0, 1), Buffer.from("1\0\0\0\x01a")])),
  serverMessage("D", Buffer.concat([Buffer.of(0, 2, 255, 255, 255, 255), Buffer.from("\0\0\0\x02é")])),
  serverMessage("C", "SELECT 2\0"),
  serverMessage("Z", "I"),
]);

function column(name: string, oid: number): Buffer {
  const type = Buffer.alloc(18);
  type.writeUInt32BE(oid, 6);
  return Buffer.concat([Buffer.from(`${name}\0`), type]);
}
