import { assertEquals } from "@std/assert";
import { promqlNames } from "./promql_names.ts";

Deno.test("promqlNames() distinguishes metrics from functions, labels, strings and variables", () => {
  const { metrics, labels, values } = promqlNames(
    'histogram_quantile(0.95, sum by (le, route) (rate(a_bucket{route=~"$route", status="5xx"}[$__rate_interval])))' +
      ' / sum(b offset 5m) without (kind) * on (x) group_left (y) c{state!="used", kind="$kind"} or vector(0) > 1e3',
  );
  assertEquals([...metrics], ["a_bucket", "b", "c"]);
  assertEquals([...labels], ["le", "route", "status", "kind", "x", "y", "state"]);
  assertEquals([...values].map(([label, of]) => [label, ...of]), [["status", "5xx"]]);
});
