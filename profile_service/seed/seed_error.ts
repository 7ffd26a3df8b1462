/** Error that prevents seeding; its message is shown to the user. */
export class SeedError extends Error {
  override readonly name = "SeedError";
}
