/** Who sends a request, as far as its credentials prove it. */
export interface Principal {
  /** The issuer's name for the caller, the same in every token of theirs (RFC 7519, section 4.1.2). */
  readonly subject: string;
  /** What the caller may do, as operations name it in their `security`, e.g. "profiles:read". */
  readonly scopes: ReadonlySet<string>;
}
