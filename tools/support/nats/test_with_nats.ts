import { testWith } from "../test_with.ts";
import { locateNats } from "./locate_nats.ts";

/** Defines a test that needs a real NATS server. */
export const testWithNats = testWith({
  reason: "no NATS server is installed",
  program: await locateNats(),
});
