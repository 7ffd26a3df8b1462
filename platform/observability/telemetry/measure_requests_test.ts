import { assertEquals } from "@std/assert";
import { withObserver } from "@archway/server/server_options.ts";
import { DATABASES } from "@archway/tools/support/databases.ts";
import { ask, money, openAccount, paymentServer } from "@archway/tools/support/payment_client.ts";
import { measureRequests } from "./measure_requests.ts";
import type { MetricSink } from "@archway/service_kit/metric_sink.ts";

/** Counts what is counted, by the metric's name and its labels. */
function countingSink(): { readonly sink: MetricSink; readonly counts: Map<string, number> } {
  const counts = new Map<string, number>();
  const sink: MetricSink = {
    histogram: () => () => {},
    counter: ({ name, labels: names }) => (value, labels) => {
      const key = [name, ...names.map((label) => labels[label])].join(" ");
      counts.set(key, (counts.get(key) ?? 0) + value);
    },
    gauge(): void {},
  };
  return { sink, counts };
}

Deno.test("measureRequests() counts what became of the requests that their document counts", async () => {
  const open = DATABASES["PostgreSQL"];
  if (open === undefined) throw new Error("There is always PostgreSQL");
  await using database = await open();
  const { sink, counts } = countingSink();
  const options = [withObserver(measureRequests(sink))];
  await using server = paymentServer(database.pool, { options });
  const payer = await openAccount(server, "10.00");
  const payee = await openAccount(server, "0");
  const pay = (amount: string, key: string): Promise<unknown> =>
    ask(server, "POST /v1/payments", {
      key,
      body: { payerAccountId: payer, payeeAccountId: payee, amount: money(amount) },
    });
  await pay("4.00", "one");
  await pay("4.00", "one");
  await pay("40.00", "two");
  await pay("4.0", "three");
  const outcomes = [...counts].filter(([key]) => key.startsWith("archway.request.outcomes "));
  assertEquals(Object.fromEntries(outcomes), {
    "archway.request.outcomes deposits done": 1,
    "archway.request.outcomes payments done": 1,
    "archway.request.outcomes payments replayed": 1,
    "archway.request.outcomes payments insufficient-funds": 1,
    "archway.request.outcomes payments invalid-amount": 1,
  });
});
