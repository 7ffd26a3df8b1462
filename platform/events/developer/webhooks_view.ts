import { UNRESTRICTED } from "@archway/service_kit/access_scope.ts";
import type {
  DeveloperView,
  ViewAction,
  ViewBar,
  ViewPage,
  ViewPlace,
  ViewRow,
} from "@archway/service_kit/developer_view.ts";
import { DomainError } from "@archway/service_kit/domain_error.ts";
import type { PageRequest } from "@archway/service_kit/page.ts";
import type { WebhookService } from "../webhooks/management/app.ts";
import type { Delivery } from "../webhooks/management/domain/delivery.ts";
import type { Webhook } from "../webhooks/management/domain/webhook.ts";

/** Number of webhooks or deliveries on a page. */
const PAGE = 50;

/** Reasons why an action fails, by the code of its error. */
const REASONS: Readonly<Record<string, string>> = {
  "webhook-not-found": "The webhook exists no longer",
  "delivery-not-found": "The delivery exists no longer",
  "webhook-disabled": "The webhook is disabled, since its receiver responded with 410: enable it first",
  "too-many-tests": "Too many test events are being sent: try again later",
};

/** View of webhooks of all owners and their deliveries for developers. */
export function webhooksView(webhooks: WebhookService): DeveloperView {
  return {
    async show({ path: [id], query }): Promise<ViewPage | undefined> {
      if (id === undefined) return await listPage(webhooks, query);
      try {
        return await webhookPage(webhooks, { id, query });
      } catch (error) {
        if (error instanceof DomainError && error.code === "webhook-not-found") return undefined;
        throw error;
      }
    },
    async act(action): Promise<string> {
      try {
        return await act(webhooks, action);
      } catch (error) {
        if (!(error instanceof DomainError)) throw error;
        throw new Error(REASONS[error.code] ?? error.code, { cause: error });
      }
    },
  };
}

async function listPage(webhooks: WebhookService, query: ViewPlace["query"]): Promise<ViewPage> {
  const { items, hasNext } = await webhooks.list({ scope: UNRESTRICTED, filter: {}, page: pageOf(query) });
  return {
    sections: [
      {
        kind: "table",
        title: "Webhooks, newest first",
        columns: ["URL", "Events", "State", "Created"],
        rows: items.map(({ id, url, eventTypes, disabledAt, createdAt }) => ({
          cells: [
            { text: url, link: { view: "webhooks", path: [id] } },
            eventTypes.join(", "),
            { text: disabledAt === null ? "enabled" : "disabled", isBad: disabledAt !== null },
            { time: createdAt },
          ],
        })),
        empty: "There are no webhooks: POST /v1/webhooks creates one.",
      },
      olderBar([], hasNext ? items.at(-1) : undefined),
    ],
    isLive: true,
  };
}

async function webhookPage(
  webhooks: WebhookService,
  { id, query }: { readonly id: string; readonly query: ViewPlace["query"] },
): Promise<ViewPage> {
  const webhook = await webhooks.get({ id, scope: UNRESTRICTED });
  const { items, hasNext } = await webhooks.listDeliveries({
    scope: UNRESTRICTED,
    filter: { webhookId: id },
    page: pageOf(query),
  });
  const { url, eventTypes, createdAt, disabledAt } = webhook;
  return {
    title: `Webhook to ${url}`,
    sections: [
      {
        kind: "facts",
        facts: [
          ["Id", { text: id, link: { table: "webhook_endpoints", where: { id } } }],
          ["Events", eventTypes.join(", ")],
          ["Created", { time: createdAt }],
          ["Disabled", disabledAt === null ? "no" : { time: disabledAt }],
        ],
      },
      {
        kind: "bar",
        buttons: [
          { label: "Send a test event", action: "test", values: { id } },
          ...(disabledAt === null ? [] : [{ label: "Enable it", action: "enable", values: { id } }]),
        ],
      },
      {
        kind: "table",
        title: "Deliveries, newest first",
        columns: ["Event", "Type", "State", "Attempts", "Last result", "Last attempt", "Next attempt"],
        rows: items.map((delivery) => deliveryRow(delivery, webhook)),
        empty: "There are no deliveries: it has got no event since it was created.",
      },
      olderBar([id], hasNext ? items.at(-1) : undefined),
    ],
    isLive: true,
  };
}

function deliveryRow(
  { id, eventId, eventType, state, attempts, lastStatus, lastError, ...delivery }: Delivery,
  webhook: Webhook,
): ViewRow {
  const { attemptedAt, nextAttemptAt, waitReason } = delivery;
  const result = [lastStatus, lastError].filter((part) => part !== null).join(" ");
  return {
    cells: [
      { text: eventId, link: { table: "webhook_deliveries", where: { id } } },
      eventType,
      {
        text: waitReason === null ? state : `${state}: waits for ${WAITS[waitReason]}`,
        isBad: state === "dead",
      },
      attempts,
      { text: result, isBad: lastError !== null },
      attemptedAt === null ? "never" : { time: attemptedAt },
      nextAttemptAt === null ? "" : { time: nextAttemptAt },
    ],
    buttons: [{
      label: "Deliver again now",
      action: "retry",
      values: { id: webhook.id, delivery: id },
    }],
  };
}

/** Reasons of waiting, as the end of "waits for". */
const WAITS: Readonly<Record<NonNullable<Delivery["waitReason"]>, string>> = {
  "attempt": "the response to an attempt",
  "earlier-event": "an earlier event of its stream",
  "backoff": "its next attempt",
  "throttled": "the end of a pause that the receiver asked for",
  "worker": "a worker",
};

function pageOf({ createdAt, id }: ViewPlace["query"]): PageRequest {
  if (createdAt === undefined || id === undefined) return { limit: PAGE };
  return { limit: PAGE, position: { direction: "after", anchor: { createdAt, id }, inclusive: false } };
}

function olderBar(
  path: readonly string[],
  last: Pick<Delivery | Webhook, "createdAt" | "id"> | undefined,
): ViewBar {
  if (last === undefined) return { kind: "bar" };
  const query = { createdAt: last.createdAt, id: last.id };
  return { kind: "bar", links: [{ text: "Older ones", link: { view: "webhooks", path, query } }] };
}

async function act(
  webhooks: WebhookService,
  { action, values: { id = "", delivery = "" } }: ViewAction,
): Promise<string> {
  const key = { id, scope: UNRESTRICTED };
  switch (action) {
    case "retry":
      await webhooks.retry(key, delivery);
      return "It is due now.";
    case "enable":
      await webhooks.enable(key);
      return "It is enabled.";
    case "test": {
      const { status, failure } = await webhooks.test(key, { signal: AbortSignal.timeout(TEST_MS) });
      return failure === null
        ? `The receiver accepted the test event with ${status}.`
        : `The test event failed: ${[status, failure].filter((part) => part !== null).join(" ")}.`;
    }
    default:
      throw new Error("There is no such action");
  }
}

/** Maximum duration of sending a test event, in milliseconds. */
const TEST_MS = 15_000;
