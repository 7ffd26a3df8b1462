import { testWith } from "../test_with.ts";
import { locateNginx } from "./locate_nginx.ts";

/** Defines a test that needs a real nginx. */
export const testWithNginx = testWith({
  reason: "nginx is not installed",
  program: await locateNginx(),
});
