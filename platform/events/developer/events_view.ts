import type { ConnectionManager, Querier } from "@archway/db/db.ts";
import type { DeveloperView, ViewPage, ViewTable } from "@archway/service_kit/developer_view.ts";
import { StreamQueue } from "../outbox/stream_queue.ts";
import { pendingLoad } from "../webhooks/delivery/pending_load.ts";

/** Number of events in a list. */
const LISTED = 50;

interface ListedEvent {
  readonly position: bigint;
  readonly stream: string;
  readonly version: bigint;
  readonly type: string;
  /** Time at which it was recorded or enqueued. */
  readonly at: string;
}

const QUEUED = `select o.position, e.stream, e.version, e.type, o.enqueued_at as at
  from outbox as o join events as e on e.position = o.position
  order by o.position limit ${LISTED}`;

const RECENT = `select position, stream, version, type, recorded_at as at
  from events order by position desc limit ${LISTED}`;

/** View of the outbox and of the last events for developers. */
export function eventsView(database: ConnectionManager): DeveloperView {
  return {
    show: async ({ path }) => path.length > 0 ? undefined : await page(database.writer()),
  };
}

async function page(db: Querier): Promise<ViewPage> {
  const loads = [
    ["Events for the worker to relay (outbox)", await new StreamQueue("outbox").load(db)],
    ["Messages for the broker", await new StreamQueue("broker_messages").load(db)],
    ["Deliveries to webhooks", await pendingLoad(db)],
  ] as const;
  const { rows: queued } = await db.query<ListedEvent>(QUEUED);
  const { rows: recent } = await db.query<ListedEvent>(RECENT);
  return {
    sections: [
      {
        kind: "table",
        title: "Queues",
        columns: ["Queue", "Waiting", "Oldest"],
        rows: loads.map(([name, { waiting, oldest }]) => ({
          cells: [name, waiting, oldest === undefined ? "" : { time: oldest }],
        })),
        empty: "",
      },
      table(`Outbox, first ${LISTED}`, { events: queued, empty: "The outbox is empty." }),
      table(`Last ${LISTED} events`, { events: recent, empty: "No event was recorded yet." }),
    ],
    isLive: true,
  };
}

function table(
  title: string,
  { events, empty }: { readonly events: readonly ListedEvent[]; readonly empty: string },
): ViewTable {
  return {
    kind: "table",
    title,
    columns: ["Position", "Type", "Stream", "Version", "Time"],
    rows: events.map(({ position, type, stream, version, at }) => ({
      cells: [
        { text: String(position), link: { table: "events", where: { position: String(position) } } },
        ...[type, stream, version],
        { time: at },
      ],
    })),
    empty,
  };
}
