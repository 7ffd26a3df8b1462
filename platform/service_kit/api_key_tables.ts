import { join } from "node:path";
import type { TableDeclaration } from "./personal_data.ts";

/** Table of API keys, apart from their code, which a program without authentication does not load. */
export const API_KEY_TABLES: readonly TableDeclaration[] = [{
  table: "api_keys",
  personal: ["name", "subject"],
  retention: {
    rule: "until an operator deletes the row: a key names a caller, which is no person in general",
  },
  erasure: "nothing: see callers",
}];

/** Folder of the migrations of the table of API keys, which every program has. */
export const API_KEY_MIGRATIONS: string = join(import.meta.dirname ?? ".", "api_keys/migrations");
