/** Difference between the numbers of a version with a text and without, which is beyond all versions. */
const WITHOUT_TEXT = 10n ** 13n;

/** Version and text of a payment, a refund or a payment request, on which its entity tag depends. */
interface Tagged {
  readonly version: bigint;
  readonly description: string | null;
  /** @default null */
  readonly reference?: string | null;
}

/**
 * Returns the number in an entity tag: the version, and which texts it has. The erasure of a person removes texts, so that
 * a version has another representation, and a strong tag has to differ (RFC 9110, section 8.8.1).
 */
export function tagVersion({ version, description, reference = null }: Tagged): bigint {
  if (description !== null) return version;
  // A reference is erased with the description, or later.
  return version + (reference === null ? 2n : 1n) * WITHOUT_TEXT;
}
