import { canonicalAddress } from "../../addresses/canonical_address.ts";

/** Header of the PROXY protocol, which a proxy sends before the bytes of its client. */
export interface ProxyHeader {
  /** Length in bytes. */
  readonly size: number;
  /** Address of the client; undefined if the connection is the proxy's own, or not over TCP. */
  readonly client: Deno.NetAddr | undefined;
}

/** Reason for which bytes are not a header. */
export type NoHeader = "incomplete" | "malformed";

const SIGNATURE = [0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a];
const FIXED_BYTES = 16;
/** Maximum size of a binary header; extensions such as certificates make it longer than its addresses. */
const MAX_BINARY_BYTES = 4096;
/** Maximum size of a text header, with its line terminator. */
const MAX_TEXT_BYTES = 107;

const V2_LOCAL = 0x20;
const V2_PROXY = 0x21;
const TCP4 = 0x11;
const TCP6 = 0x21;

const TEXT =
  /^PROXY (?:UNKNOWN(?: .*)?|(?<family>TCP[46]) (?<client>\S+) (?<server>\S+) (?<port>\d{1,5}) \d{1,5})$/;

/** Parses the beginning of a connection as a header of version 1 or 2 (HAProxy, "The PROXY protocol", section 2). */
export function parseProxyHeader(bytes: Uint8Array): ProxyHeader | NoHeader {
  const isBinary = SIGNATURE.every((byte, index) => index >= bytes.length || bytes[index] === byte);
  return isBinary ? parseBinary(bytes) : parseText(bytes);
}

function parseBinary(bytes: Uint8Array): ProxyHeader | NoHeader {
  if (bytes.length < FIXED_BYTES) return "incomplete";
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [command, family] = [view.getUint8(12), view.getUint8(13)];
  const size = FIXED_BYTES + view.getUint16(14);
  if (size > MAX_BINARY_BYTES || (command !== V2_LOCAL && command !== V2_PROXY)) return "malformed";
  if (bytes.length < size) return "incomplete";
  if (command === V2_LOCAL) return { size, client: undefined };
  const addressBytes = family === TCP4 ? 4 : family === TCP6 ? 16 : 0;
  if (addressBytes === 0) return { size, client: undefined };
  // Both addresses, then both ports.
  if (size < FIXED_BYTES + 2 * addressBytes + 4) return "malformed";
  const port = view.getUint16(FIXED_BYTES + 2 * addressBytes);
  const address = formatAddress(bytes.subarray(FIXED_BYTES, FIXED_BYTES + addressBytes));
  return { size, client: toClient(address, port) };
}

function parseText(bytes: Uint8Array): ProxyHeader | NoHeader {
  const text = String.fromCharCode(...bytes.subarray(0, MAX_TEXT_BYTES));
  const end = text.indexOf("\r\n");
  if (end === -1) {
    const begins = "PROXY ".startsWith(text.slice(0, "PROXY ".length));
    return begins && text.length < MAX_TEXT_BYTES ? "incomplete" : "malformed";
  }
  const groups = TEXT.exec(text.slice(0, end));
  if (groups === null) return "malformed";
  const { family, client = "", server = "", port } = groups.groups ?? {};
  const size = end + 2;
  if (family === undefined) return { size, client: undefined };
  const isFamily = (address: string): boolean =>
    canonicalAddress(address) !== undefined && address.includes(":") === (family === "TCP6");
  if (!isFamily(client) || !isFamily(server) || Number(port) > 65_535) return "malformed";
  return { size, client: toClient(client, Number(port)) };
}

function formatAddress(bytes: Uint8Array): string {
  if (bytes.length === 4) return bytes.join(".");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: 8 }, (_, index) => view.getUint16(2 * index).toString(16)).join(":");
}

function toClient(address: string, port: number): Deno.NetAddr {
  return { transport: "tcp", hostname: canonicalAddress(address) ?? address, port };
}
