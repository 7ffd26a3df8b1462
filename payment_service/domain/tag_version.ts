/** Version and texts of a payment, a refund or a payment request, on which its entity tag depends. */
interface Tagged {
  readonly version: bigint;
  readonly description: string | null;
  /** @default null */
  readonly reference?: string | null;
}

/**
 * Returns the number in an entity tag: the version, and a last digit for the texts it has, such as 31 for version 3 with a
 * description. The erasure of a person removes texts, so that a version has another representation, and a strong tag has
 * to differ (RFC 9110, section 8.8.1).
 */
export function tagVersion({ version, description, reference = null }: Tagged): bigint {
  return 10n * version + (description === null ? 0n : 1n) + (reference === null ? 0n : 2n);
}
