import { ProblemError } from "./problem.ts";

const ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Returns the cursor of the page after an item. */
export function cursorOf(id: string): string {
  return Buffer.from(id).toString("base64url");
}

/** Returns the id of a cursor's item. */
export function anchorOf(cursor: string): string {
  const id = Buffer.from(cursor, "base64url").toString();
  if (!ID.test(id)) throw new ProblemError(400, "The cursor is malformed");
  return id;
}
