import type { OutputBuffer } from "./output_buffer.ts";

/**
 * Messages to the server (PostgreSQL, "Message Formats"). Statements are sent with the extended protocol: all values are
 * texts, and the server infers the types of parameters.
 */

const protocolVersion = 3 << 16;
const sslRequestCode = 80_877_103;
const cancelRequestCode = 80_877_102;

const type = {
  bind: 0x42,
  close: 0x43,
  copyData: 0x64,
  copyDone: 0x63,
  copyFail: 0x66,
  describe: 0x44,
  execute: 0x45,
  parse: 0x50,
  password: 0x70,
  query: 0x51,
  sync: 0x53,
  terminate: 0x58,
};

const statementKind = 0x53; // "S"
const portalKind = 0x50; // "P"

/** Execute of the unnamed portal without a limit of rows. */
const execute = Uint8Array.of(type.execute, 0, 0, 0, 9, 0, 0, 0, 0, 0);

/** The same, and Sync. */
const executeAndSync = Uint8Array.of(...execute, type.sync, 0, 0, 0, 4);

/** Writes the first packet of a session, with its settings. */
export function writeStartup(output: OutputBuffer, settings: Readonly<Record<string, string>>): void {
  const start = output.begin();
  output.int32(protocolVersion);
  for (const [name, value] of Object.entries(settings)) {
    output.cString(name);
    output.cString(value);
  }
  output.byte(0);
  output.end(start);
}

/** Writes the packet that asks for TLS. */
export function writeSslRequest(output: OutputBuffer): void {
  const start = output.begin();
  output.int32(sslRequestCode);
  output.end(start);
}

/** Key of a session, which allows to cancel its statements. */
export interface CancelKey {
  readonly pid: number;
  readonly secret: Uint8Array;
}

/** Writes the only packet of a connection that cancels the running statement of a session. */
export function writeCancelRequest(output: OutputBuffer, { pid, secret }: CancelKey): void {
  const start = output.begin();
  output.int32(cancelRequestCode);
  output.int32(pid);
  output.raw(secret);
  output.end(start);
}

/** Writes a password in cleartext or hashed by MD5. */
export function writePassword(output: OutputBuffer, password: string): void {
  const start = output.begin(type.password);
  output.cString(password);
  output.end(start);
}

/** Writes the choice of a SASL mechanism and its first message. */
export function writeSaslInitial(output: OutputBuffer, mechanism: string, message: string): void {
  const start = output.begin(type.password);
  output.cString(mechanism);
  output.value(message);
  output.end(start);
}

/** Writes a further message of the SASL mechanism. */
export function writeSaslResponse(output: OutputBuffer, message: string): void {
  const start = output.begin(type.password);
  output.text(message);
  output.end(start);
}

/** Writes statements without parameters, of which each ends with its result. */
export function writeQuery(output: OutputBuffer, text: string): void {
  const start = output.begin(type.query);
  output.cString(text);
  output.end(start);
}

/** Writes the preparation of a statement, under a name or "". */
export function writeParse(output: OutputBuffer, name: string, text: string): void {
  const start = output.begin(type.parse);
  output.cString(name);
  output.cString(text);
  output.int16(0);
  output.end(start);
}

/** Maximum number of parameters: their count has 16 bits. */
const maxParameters = 65_535;

/**
 * Writes the binding of parameters to a prepared statement, as the unnamed portal.
 *
 * @throws {RangeError} for more parameters than a message can have.
 */
export function writeBind(output: OutputBuffer, name: string, parameters: readonly (string | null)[]): void {
  if (parameters.length > maxParameters) throw new RangeError("A statement has at most 65,535 parameters");
  const start = output.begin(type.bind);
  output.byte(0);
  output.cString(name);
  output.int16(0);
  output.int16(parameters.length);
  for (const parameter of parameters) output.value(parameter);
  output.int16(0);
  output.end(start);
}

/** Writes the request for the columns of the unnamed portal. */
export function writeDescribePortal(output: OutputBuffer): void {
  const start = output.begin(type.describe);
  output.byte(portalKind);
  output.byte(0);
  output.end(start);
}

/** Writes, behind a Bind, the execution of the unnamed portal. If it fails, the server skips everything up to Sync. */
export function writeExecute(output: OutputBuffer): void {
  output.raw(execute);
}

/** Writes, behind a Bind, the execution of the unnamed portal and the end of its series of messages. */
export function writeExecuteAndSync(output: OutputBuffer): void {
  output.raw(executeAndSync);
}

/** Writes the end of a prepared statement. */
export function writeCloseStatement(output: OutputBuffer, name: string): void {
  const start = output.begin(type.close);
  output.byte(statementKind);
  output.cString(name);
  output.end(start);
}

/** Length from which rows are sent by themselves. */
const longPart = 8 * 1024;

/** Writes a part of the rows of a COPY, which may end anywhere in a row. A long one is sent now, without a copy. */
export function sendCopyData(output: OutputBuffer, bytes: Uint8Array): void {
  if (bytes.length < longPart) {
    const start = output.begin(type.copyData);
    output.raw(bytes);
    return output.end(start);
  }
  output.byte(type.copyData);
  output.int32(4 + bytes.length);
  output.pass(bytes);
}

/** Writes the end of the rows of a COPY. */
export function writeCopyDone(output: OutputBuffer): void {
  output.end(output.begin(type.copyDone));
}

/** Writes that the rows of a COPY cannot be completed, so that the server discards them. */
export function writeCopyFail(output: OutputBuffer, reason: string): void {
  const start = output.begin(type.copyFail);
  output.cString(reason);
  output.end(start);
}

/** Writes the end of the session. */
export function writeTerminate(output: OutputBuffer): void {
  output.end(output.begin(type.terminate));
}
