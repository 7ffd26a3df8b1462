/** State of the session at the end of a response: idle, in a transaction, or in a failed one. */
export type SessionStatus = "I" | "T" | "E";

/** Returns the status in the ReadyForQuery message that ends a response; undefined if none does. */
export function sessionStatus(response: Uint8Array): SessionStatus | undefined {
  const start = response.length - 6;
  if (response[start] !== 0x5a || response[start + 4] !== 5) return undefined;
  switch (response[start + 5]) {
    case 0x49:
      return "I";
    case 0x54:
      return "T";
    case 0x45:
      return "E";
    default:
      return undefined;
  }
}
