import type { QueryParameter } from "@archway/db/db.ts";
import type { Pivot } from "@archway/service_kit/paging/keyset.ts";
import type { KeysetList, ListStretch } from "@archway/service_kit/paging/read_keyset_page.ts";
import type { Viewer } from "@archway/service_kit/ownership/viewer.ts";
import { DELIVERY_COLUMNS, DELIVERY_SOURCE, WEBHOOK_COLUMNS } from "./webhook_row.ts";

/** What both lists have in common: newest first. */
abstract class NewestFirst implements KeysetList<Pivot> {
  readonly parameters: QueryParameter[] = [];
  readonly order = "desc";
  readonly key: readonly string[] = ["created_at", "id"];

  bind(value: QueryParameter): string {
    return `$${this.parameters.push(value)}`;
  }

  bindPivot({ createdAt, id }: Pivot): string {
    return `(${this.bind(createdAt)}::timestamptz, ${this.bind(id)}::uuid)`;
  }

  abstract stretch(stretch: ListStretch): string;
}

/** The webhooks of a viewer as a list. */
export class WebhookListSql extends NewestFirst {
  readonly #owned: string | undefined;

  constructor(viewer: Viewer) {
    super();
    this.#owned = viewer.kind === "everyone" ? undefined : `owner = ${this.bind(viewer.subject)}`;
  }

  stretch({ key, order, limit }: ListStretch): string {
    const conditions = [this.#owned, key].filter((condition) => condition !== undefined);
    const where = conditions.length === 0 ? "" : `where ${conditions.join(" and ")}`;
    return `select ${WEBHOOK_COLUMNS} from webhook_endpoints ${where}
      order by created_at ${order}, id ${order} limit ${limit}`;
  }
}

/** The deliveries of a webhook as a list. */
export class DeliveryListSql extends NewestFirst {
  readonly #webhook: string;

  constructor(webhookId: string) {
    super();
    this.#webhook = this.bind(webhookId);
  }

  stretch({ key, order, limit }: ListStretch): string {
    const beyond = key === undefined ? "" : `and ${key}`;
    return `select ${DELIVERY_COLUMNS} from ${DELIVERY_SOURCE}
      where d.endpoint_id = ${this.#webhook} ${beyond}
      order by d.created_at ${order}, d.id ${order} limit ${limit}`;
  }
}
