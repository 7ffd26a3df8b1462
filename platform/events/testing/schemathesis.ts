import type { FuzzSetup, Hints } from "@archway/tools/support/schemathesis/fuzz_setup.ts";

/** URLs without a listener: deliveries fail, and can be retried. */
const URLS = ["http://127.0.0.1:9/", "http://127.0.0.1:9/hook?a=b", "http://localhost:9/"];

/** Creates webhooks on this machine for generated requests, if a service publishes events. */
export const schemathesis: FuzzSetup = {
  environment: { WEBHOOK_ALLOW_PRIVATE: "true" },
  async fill(client, services): Promise<Hints> {
    const eventTypes = services.flatMap(({ events }) => Object.keys(events?.types ?? {}));
    if (eventTypes.length === 0) return {};
    const ids: string[] = [];
    for (const url of URLS) ids.push(await client.create("/v1/webhooks", { url, eventTypes }));
    return {
      ...await client.cursors("/v1/webhooks"),
      "path.id": ids,
      "body.url": URLS,
      "body.eventTypes[*]": eventTypes,
    };
  },
};
