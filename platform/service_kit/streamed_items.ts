import { Problem } from "@archway/server/problem.ts";
import type { RequestContext } from "@archway/server/request_context.ts";
import type { AccessScope, Caller } from "./access_scope.ts";
import { actorOf, type AuditTrail } from "./audit_trail.ts";
import { listIdentity } from "./list_endpoint.ts";
import type { PagePosition } from "./page.ts";
import { CursorError, type CursorRefusal, type ListIdentity, type PageCursors } from "./page_cursors.ts";

/** Event of a subscription. */
export class StreamedItem {
  constructor(
    /** Text after which a client can continue, on one line. */
    readonly id: string,
    /** Event as JSON. */
    readonly data: object,
  ) {}
}

/** Subscribes the sender of a request to events. Returning the iterator must not wait for an event. */
export type Subscribe = (
  request: {
    readonly context: RequestContext;
    /** Id of the event after which to continue; events from now on if undefined. */
    readonly after: string | undefined;
  },
) => Promise<AsyncIterableIterator<StreamedItem>>;

/** Options of {@link subscribeTo}. */
export interface SubscribeToOptions<Event> {
  /** Name of the events, e.g. "payment events, live"; ids are bound to it. */
  readonly name: string;
  /** Signs the ids of events, which encode their positions. */
  readonly cursors: PageCursors<bigint>;
  readonly scopeOf: (caller: Caller) => AccessScope;
  readonly toJson: (event: Event) => object;
  readonly positionOf: (event: Event) => bigint;
  /** Follows the events of an owner, or all events if undefined, after a position. */
  readonly follow: (
    request: { readonly owner: string | undefined; readonly after: bigint | undefined },
  ) => Promise<AsyncIterableIterator<Event>>;
  /** Records the subscription, and the resource of each event that it delivers, as reads. @default none */
  readonly audit?:
    | {
      readonly trail: AuditTrail | undefined;
      /** Kind of resource, such as "payment". */
      readonly resource: string;
      readonly idOf: (event: Event) => string;
    }
    | undefined;
}

/** Returns a function that subscribes callers to the events in their access scope. */
export function subscribeTo<Event>(options: SubscribeToOptions<Event>): Subscribe {
  const { name, cursors, scopeOf, toJson, positionOf, follow, audit } = options;
  return async ({ context, after }) => {
    const scope = scopeOf(context);
    const list = listIdentity(name, {}, scope);
    const position = after === undefined ? undefined : positionAfter(after, { cursors, list }).anchor;
    const owner = scope.kind === "owner" ? scope.subject : undefined;
    const actor = actorOf(scope);
    const followed = await follow({ owner, after: position });
    if (audit !== undefined) audit.trail?.read({ actor, resource: "subscription", ids: [audit.resource] });
    return new StreamedItems(followed, (event) => {
      if (audit !== undefined) {
        audit.trail?.read({ actor, resource: audit.resource, ids: [audit.idOf(event)] });
      }
      const at = { direction: "after", anchor: positionOf(event), inclusive: false } as const;
      return new StreamedItem(cursors.encode(at, list), toJson(event));
    });
  };
}

/** @throws {Problem} 400 for an id that the service did not sign for this caller, or that has expired. */
function positionAfter(
  text: string,
  { cursors, list }: { readonly cursors: PageCursors<bigint>; readonly list: ListIdentity },
): PagePosition<bigint> {
  try {
    return cursors.decode(text, list);
  } catch (error) {
    if (!(error instanceof CursorError)) throw error;
    throw new Problem(400, "malformed-request", {
      detail: "Events cannot continue after this event; subscribe without an id to receive the next ones",
      invalidParams: [{ name: "after", in: "query", reason: REASONS[error.reason] }],
      cause: error,
    });
  }
}

const REASONS: Readonly<Record<CursorRefusal, string>> = {
  "is not a cursor of this service": "is not the id of an event",
  "has expired": "has expired",
  "belongs to a list with other filters": "is the id of another caller's event",
};

/** Events as items. A generator would end only after its next event. */
class StreamedItems<Event> implements AsyncIterableIterator<StreamedItem> {
  readonly #events: AsyncIterableIterator<Event>;
  readonly #toItem: (event: Event) => StreamedItem;

  constructor(events: AsyncIterableIterator<Event>, toItem: (event: Event) => StreamedItem) {
    this.#events = events;
    this.#toItem = toItem;
  }

  async next(): Promise<IteratorResult<StreamedItem, undefined>> {
    const { value, done } = await this.#events.next();
    return done === true ? { value: undefined, done: true } : { value: this.#toItem(value), done: false };
  }

  async return(): Promise<IteratorResult<StreamedItem, undefined>> {
    await this.#events.return?.();
    return { value: undefined, done: true };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
