/** Reason for which a connection ended. */
export type WireErrorCode =
  /** The server or the network closed it, or it could not be written to. */
  | "CONNECTION_CLOSED"
  /** The program closed it. */
  | "CONNECTION_ENDED"
  /** The server sent something that the protocol does not allow. */
  | "CONNECTION_PROTOCOL_VIOLATION"
  /** The server asks for an authentication that is not supported, or did not prove that it knows the password. */
  | "CONNECTION_AUTHENTICATION"
  /** The server does not support TLS. */
  | "CONNECTION_TLS_REFUSED";

/** Error of a connection, and of every statement on it. */
export class WireError extends Error {
  override readonly name = "WireError";

  constructor(readonly code: WireErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
  }
}

/** Returns the error of a server that does not keep to the protocol. */
export function protocolViolation(what: string): WireError {
  return new WireError("CONNECTION_PROTOCOL_VIOLATION", `The server violated the protocol: ${what}`);
}

/** Returns the error of a server that did not complete the start of a session in time. */
export function timedOut(): WireError {
  return new WireError("CONNECTION_CLOSED", "The server did not complete the start of the session in time");
}
