import { assert, assertEquals } from "@std/assert";
import type { InspectedService } from "@archway/service_kit/developer_view.ts";
import { Inbox } from "./inbox.ts";
import { inboxView } from "./inbox_view.ts";

/** Service that knows the sender of one URL, and the signature of its messages. */
const SIGNER: InspectedService = {
  developer: {
    views: [],
    verifySignature: ({ url, headers, body }) =>
      Promise.resolve(url.endsWith("/known") ? headers.get("webhook-signature") === body : undefined),
  },
};

function message(inbox: string, body: BodyInit, headers: Record<string, string> = {}): Request {
  return new Request(`http://127.0.0.1/_dev/inbox/${inbox}`, { method: "POST", body, headers });
}

async function statusOf(inbox: Inbox, request: Request): Promise<number | undefined> {
  const name = new URL(request.url).pathname.split("/").at(-1) ?? "";
  return (await inbox.receive(request, { inbox: name, services: [{}, SIGNER] }))?.status;
}

Deno.test("Inbox keeps the last messages with the result of verifying their signatures, without credentials", async () => {
  const inbox = new Inbox();
  const secret = { Authorization: "Bearer secret", "Webhook-Signature": "a" };
  assertEquals(await statusOf(inbox, message("known", "a", secret)), 204);
  assertEquals(await statusOf(inbox, message("known", "b", secret)), 204);
  assertEquals(await statusOf(inbox, message("other", "a", secret)), 204);
  const large = new Blob(["é".repeat(40_000)]).stream();
  assertEquals(await statusOf(inbox, message("known", large)), 204);
  assertEquals(await statusOf(inbox, message("%2e%2e", "a")), undefined);
  const messages = inbox.messages();
  const signatures = await Promise.all(messages.map(async ({ signature }) => (await signature).text));
  assertEquals(signatures.map((text) => text.split(":")[0]), [
    ...["Not verified", "Not verified", "Not valid", "Valid"],
  ]);
  assertEquals(messages.map(({ body, isCut }) => [body.length, isCut]), [
    [32_768, true],
    ...[1, 1, 1].map((length) => [length, false]),
  ]);
  assert(messages[3]?.headers.some(([name, value]) => name === "authorization" && value === "[not shown]"));
  for (let count = 0; count < 250; count++) await statusOf(inbox, message("many", `${count}`));
  assertEquals([inbox.messages().length, inbox.messages()[0]?.body], [200, "249"]);
});

Deno.test("inboxView() chooses the status of the responses, and empties an inbox", async () => {
  const inbox = new Inbox();
  const view = inboxView(inbox);
  await view.act?.({ action: "respond", values: { name: "known", status: "503" } });
  assertEquals(await statusOf(inbox, message("known", "a")), 503);
  assertEquals(await statusOf(inbox, message("other", "a")), 204);
  await view.act?.({ action: "clear", values: { name: "known" } });
  assertEquals(inbox.messages().map((each) => each.inbox), ["other"]);
  assertEquals(await view.show({ path: ["known", "1"], query: {} }), undefined);
});
