/**
 * Messages of clients in PostgreSQL's frontend/backend protocol 3.0. A message is a type byte, a length that includes
 * itself, and the content (PostgreSQL documentation, chapter "Message Formats").
 */

/** First packet of a connection, which has no type byte. */
export type StartupPacket = "encryption" | "cancel" | "startup" | "unknown";

/** Packet or messages taken from the front of a buffer, and the remaining bytes. */
export interface Taken<T> {
  readonly value: T;
  readonly rest: Uint8Array;
}

const sslRequest = 80877103;
const gssRequest = 80877104;
const cancelRequest = 80877102;
const protocolMajor = 3;

/** Takes the startup packet from the front of a buffer; undefined if more bytes are needed. */
export function takeStartupPacket(buffer: Uint8Array): Taken<StartupPacket> | undefined {
  if (buffer.length < 8) return undefined;
  const view = viewOf(buffer);
  const length = view.getUint32(0);
  if (length < 8 || length > 10_000) return { value: "unknown", rest: buffer };
  if (buffer.length < length) return undefined;
  const rest = buffer.subarray(length);
  const code = view.getUint32(4);
  if (code === sslRequest || code === gssRequest) return { value: "encryption", rest };
  if (code === cancelRequest) return { value: "cancel", rest };
  return { value: code >>> 16 === protocolMajor ? "startup" : "unknown", rest };
}

/** Complete messages, ready to be executed. */
export interface Batch {
  readonly messages: readonly Uint8Array[];
  /** Whether Terminate follows them, or a message that no client may send, which would end the engine for all. */
  readonly terminated: boolean;
}

/** Takes all complete messages from the front of a buffer. */
export function takeMessages(buffer: Uint8Array): Taken<Batch> {
  const messages: Uint8Array[] = [];
  const view = viewOf(buffer);
  let start = 0;
  while (buffer.length - start >= 5) {
    const length = view.getUint32(start + 1);
    const end = start + 1 + length;
    if (buffer[start] === type.terminate || !KINDS.has(buffer[start]) || length < 4) {
      return { value: { messages, terminated: true }, rest: buffer.subarray(end) };
    }
    if (end > buffer.length) break;
    messages.push(buffer.subarray(start, end));
    start = end;
  }
  return { value: { messages, terminated: false }, rest: buffer.subarray(start) };
}

/** Returns the size of a message by its beginning; that of its head if this is incomplete. */
export function messageSize(beginning: Uint8Array): number {
  return beginning.length < 5 ? 5 : 1 + viewOf(beginning).getUint32(1);
}

const type = {
  bind: 0x42,
  close: 0x43,
  describe: 0x44,
  execute: 0x45,
  parse: 0x50,
  sync: 0x53,
  terminate: 0x58,
};

/** Kinds of messages that the engine executes, after those of a start and apart from Terminate. */
const KINDS: ReadonlySet<number | undefined> = new Set([..."BCDEFHPQScdf"].map((kind) => kind.charCodeAt(0)));

/** Sync message, which ends a series of messages. After an error, everything before it is skipped. */
export const syncMessage: Uint8Array<ArrayBuffer> = Uint8Array.of(type.sync, 0, 0, 0, 4);

/** Returns a simple query message. */
export function queryMessage(text: string): Uint8Array<ArrayBuffer> {
  return messageOf("Q".charCodeAt(0), [cString(text)]);
}

/** Returns a message that ends a COPY from the client with an error. */
export function copyFailMessage(reason: string): Uint8Array<ArrayBuffer> {
  return messageOf("f".charCodeAt(0), [cString(reason)]);
}

/**
 * Returns messages that execute a statement without parameters. Unlike a simple query, they leave the unnamed statement
 * and portal of the session alone.
 */
export function executeMessages(name: string, text: string): readonly Uint8Array[] {
  const none = Uint8Array.of(0, 0);
  const closes = [
    messageOf(type.close, [Uint8Array.of(portalKind), cString(name)]),
    closeStatementMessage(name),
  ];
  return [
    // Left over if it failed before.
    ...closes,
    messageOf(type.parse, [cString(name), cString(text), none]),
    messageOf(type.bind, [cString(name), cString(name), none, none, none]),
    messageOf(type.execute, [cString(name), Uint8Array.of(0, 0, 0, 0)]),
    ...closes,
    syncMessage,
  ];
}

/** Returns a message that closes a prepared statement. */
export function closeStatementMessage(name: string): Uint8Array<ArrayBuffer> {
  return messageOf(type.close, [Uint8Array.of(statementKind), cString(name)]);
}

/** Whether a message closes a prepared statement or a portal. */
export function isClose(message: Uint8Array): boolean {
  return message[0] === type.close;
}

const statementKind = 0x53; // "S"
const portalKind = 0x50; // "P"

/** Renames the statement of a message. Messages without a name, or with "", are returned unchanged. */
export function renameStatement(message: Uint8Array, rename: (name: string) => string): Uint8Array {
  const start = nameStart(message);
  if (start === undefined || message[start] === 0) return message;
  const end = message.indexOf(0, start);
  const name = decoder.decode(message.subarray(start, end));
  const [kind = 0] = message;
  return messageOf(kind, [message.subarray(5, start), cString(rename(name)), message.subarray(end + 1)]);
}

function nameStart(message: Uint8Array): number | undefined {
  switch (message[0]) {
    case type.parse:
      return 5;
    case type.bind: // after the portal's name
      return message.indexOf(0, 5) + 1;
    case type.describe:
    case type.close:
      return message[5] === statementKind ? 6 : undefined;
    default:
      return undefined;
  }
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

function cString(text: string): Uint8Array {
  return encoder.encode(`${text}\0`);
}

/** Returns a message of a kind, the code of its letter, with its length. Both sides frame messages so. */
export function messageOf(kind: number, parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const length = parts.reduce((sum, part) => sum + part.length, 4);
  const message = new Uint8Array(1 + length);
  message[0] = kind;
  viewOf(message).setUint32(1, length);
  let offset = 5;
  for (const part of parts) {
    message.set(part, offset);
    offset += part.length;
  }
  return message;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
