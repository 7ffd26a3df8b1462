/** Protocol of a client connection. */
export type ClientProtocol = "http/1.0" | "http/1.1" | "h2";

const LF = 10;

/** Returns the protocol of a plain connection, from the head of its first request. */
export function protocolOfHead(head: Uint8Array): ClientProtocol {
  const line = new TextDecoder().decode(head.subarray(0, head.indexOf(LF))).trimEnd();
  if (line === "PRI * HTTP/2.0") return "h2";
  return line.endsWith(" HTTP/1.0") ? "http/1.0" : "http/1.1";
}

/** Lengths in a ClientHello: headers of record and handshake, version and random (RFC 8446, sections 5.1, 4, 4.1.2). */
const BEFORE_SESSION_ID = 5 + 4 + 2 + 32;
/** Number of the extension for application protocols, ALPN (RFC 7301, section 3.1). */
const ALPN = 16;

/**
 * Returns the protocol of a TLS connection, from its ClientHello: the HTTP server selects HTTP/2 whenever the client
 * offers it. The version of HTTP/1 is encrypted and taken to be 1.1, and so is what cannot be parsed.
 */
export function protocolOfClientHello(record: Uint8Array): ClientProtocol {
  const view = new DataView(record.buffer, record.byteOffset, record.byteLength);
  try {
    let at = BEFORE_SESSION_ID;
    at += 1 + view.getUint8(at);
    // Cipher suites, then compression methods.
    at += 2 + view.getUint16(at);
    at += 1 + view.getUint8(at);
    const end = at + 2 + view.getUint16(at);
    for (at += 2; at < end;) {
      const length = view.getUint16(at + 2);
      if (view.getUint16(at) === ALPN) return protocolOffered(view, at + 6, at + 4 + length);
      at += 4 + length;
    }
  } catch (error) {
    // The record ends before the ClientHello does, or is none.
    if (!(error instanceof RangeError)) throw error;
  }
  return "http/1.1";
}

function protocolOffered(view: DataView, start: number, end: number): ClientProtocol {
  for (let at = start; at < end; at += 1 + view.getUint8(at)) {
    const isH2 = view.getUint8(at) === 2 && view.getUint16(at + 1) === 0x6832;
    if (isH2) return "h2";
  }
  return "http/1.1";
}
