/** Data to try the service with cannot be written; the message is for people. */
export class SeedError extends Error {
  override readonly name = "SeedError";
}
