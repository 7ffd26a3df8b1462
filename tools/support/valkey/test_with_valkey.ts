import { testWith } from "../test_with.ts";
import { locateValkey } from "./locate_valkey.ts";

/** Defines a test that needs a real Valkey or Redis. */
export const testWithValkey = testWith({
  reason: "neither Valkey nor Redis is installed",
  program: await locateValkey(),
});
