import { createHash } from "node:crypto";

/** Returns the response to a request for a password hashed by MD5 (PostgreSQL, "AuthenticationMD5Password"). */
export function md5Password(user: string, password: string, salt: Uint8Array): string {
  const inner = createHash("md5").update(password).update(user).digest("hex");
  return `md5${createHash("md5").update(inner).update(salt).digest("hex")}`;
}
