/** A value of a JSON text that cannot be kept, and where it is. */
export interface JsonFault {
  /** JSON Pointer (RFC 6901). */
  readonly pointer: string;
  readonly reason: string;
}
