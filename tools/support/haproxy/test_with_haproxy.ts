import { testWith } from "../test_with.ts";
import { locateHaproxy } from "./locate_haproxy.ts";

/** Defines a test that needs a real HAProxy. */
export const testWithHaproxy = testWith({
  reason: "HAProxy is not installed",
  program: await locateHaproxy(),
});
