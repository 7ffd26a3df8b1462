import type { JsonValue } from "@archway/server/operation.ts";
import { linkedPath, SetupError } from "../client.ts";
import { itemOf } from "../derived/subjects.ts";
import { isArray, isObject, type JsonObject, member } from "@archway/service_kit/json_value.ts";
import { type CheckOptions, checkReads } from "./check_reads.ts";
import { checkRegisters } from "./check_registers.ts";
import { checkFilters } from "./check_filters.ts";
import { checkWalks } from "./check_walks.ts";
import type { Resource } from "./derive_resources.ts";
import type { Completion } from "./history.ts";
import type { Exchange } from "./history_client.ts";
import type { Violation } from "./violation.ts";
import { type HistorySession, tokenHeader, tokenInput, type Workload } from "./workload.ts";

/** Number of the newest items that clients change at a time. */
const ACTIVE = 4;
/** Number of items from which on old ones are deleted. */
const MOST_ITEMS = 40;
const MAX_PAGES = 60;
/** Maximum number of characters that a filter leaves out at the end of a value. */
const SHORTENED = 9;
const MERGE_PATCH = { "Content-Type": "application/merge-patch+json" };

/** Item with the versions that clients have seen last. */
interface KnownItem {
  readonly path: string;
  etag: string | undefined;
  olderEtag: string | undefined;
  value: string;
}

/** Returns the workload of a collection: its items are registers, and its list is walked. */
export function resourceWorkload(resource: Resource): Workload {
  return {
    name: resource.list,
    async open(session): Promise<ResourceClient> {
      const client = new ResourceClient(resource, Math.floor(session.random() * 1e6));
      await client.create(session);
      if (client.isEmpty) throw new SetupError(`POST ${resource.list} with a derived body was refused`);
      await client.tryPrefix(session);
      return client;
    },
    check: (options) => checkCollection(resource.list, options),
  };
}

/** Returns the contradictions in a history about the items of a collection and its list. */
export function checkCollection(list: string, options: CheckOptions): readonly Violation[] {
  const own = options.all.filter(({ key }) => key === list || key.startsWith(`${list}/`));
  return [checkRegisters, checkReads, checkWalks, checkFilters].flatMap((check) => check(own, options));
}

/** Clients of a collection, which share what they know of its items. */
class ResourceClient {
  readonly #resource: Resource;
  readonly #salt: number;
  readonly #items: KnownItem[] = [];
  #values = 0;
  #isPrefixFilter = false;

  constructor(resource: Resource, salt: number) {
    this.#resource = resource;
    this.#salt = salt;
  }

  get isEmpty(): boolean {
    return this.#items.length === 0;
  }

  async step(session: HistorySession): Promise<void> {
    const { isDeletable, patch, hasCursors, hasFilter } = this.#resource;
    const share = session.random();
    const active = session.pick(this.#items.slice(-ACTIVE));
    if (share < 0.07 || active === undefined) return await this.create(session);
    if (share < 0.14 && isDeletable && this.#items.length > MOST_ITEMS) return await this.#delete(session);
    if (share < 0.2 && patch !== undefined) return await this.#confirm(session, active);
    if (share < 0.26 && hasCursors) {
      return hasFilter && session.random() < 0.5
        ? await this.#walkFiltered(session, active.value)
        : await this.#walk(session);
    }
    if (share < 0.62) return await this.#replace(session, active);
    const isOld = session.random() < 0.1;
    await this.#read(session, isOld ? session.pick(this.#items) ?? active : active);
  }

  /** Finds out whether the filter of the list takes the beginning of a value. */
  async tryPrefix(session: HistorySession): Promise<void> {
    const { list, property, hasFilter } = this.#resource;
    const [item] = this.#items;
    if (!hasFilter || item === undefined) return;
    const path = `${list}?${new URLSearchParams({ [property]: item.value.slice(0, -1) })}`;
    const { body } = await session.send({ path, headers: tokenHeader(session.lastToken) });
    this.#isPrefixFilter = membersOf(body)?.some((one) => `${list}/${idOf(one)}` === item.path) ?? false;
  }

  /** Reads every active item, and the list. */
  async finish([session]: readonly HistorySession[]): Promise<void> {
    if (session === undefined) return;
    for (const item of this.#items.slice(-ACTIVE)) await this.#read(session, item);
    if (this.#resource.hasCursors) await this.#walk(session);
  }

  async remove([session]: readonly HistorySession[]): Promise<void> {
    if (session === undefined || !this.#resource.isDeletable) return;
    for (const { path } of this.#items) {
      await session.send({ method: "DELETE", path, headers: { "If-Match": "*" } });
    }
  }

  async create(session: HistorySession): Promise<void> {
    const { list, creation } = this.#resource;
    const value = this.#next();
    const found = await session.write(
      { action: "create", key: list, input: { value } },
      { method: "POST", path: list, body: creation(value) },
      (created) => {
        const item = created.outcome === "ok" ? pathIn(created, list) : undefined;
        return item === undefined ? { status: created.status } : { item, ...etagIn(created) };
      },
    );
    const path = found.outcome === "ok" ? pathIn(found, list) : undefined;
    if (path === undefined) return;
    const { headers } = found;
    this.#items.push({ path, etag: headers.get("etag") ?? undefined, olderEtag: undefined, value });
  }

  async #replace(session: HistorySession, item: KnownItem): Promise<void> {
    const isStale = item.olderEtag !== undefined && session.random() < 0.15;
    const etag = isStale ? item.olderEtag : item.etag;
    if (etag === undefined) return await this.#read(session, item);
    const value = this.#next();
    const { patch, replacement } = this.#resource;
    const headers = { "If-Match": etag };
    const isPatch = patch !== undefined && session.random() < 0.4;
    const found = await session.write(
      { action: "replace", key: item.path, input: { etag, value } },
      isPatch
        ? { method: "PATCH", path: item.path, headers: { ...headers, ...MERGE_PATCH }, body: patch(value) }
        : { method: "PUT", path: item.path, headers, body: replacement(value) },
      refusalOr(etagIn),
    );
    // A refusal may name the current version.
    if (found.outcome === "ok" || found.status === 412) saw(item, found);
    if (found.outcome === "ok") item.value = value;
  }

  async #delete(session: HistorySession): Promise<void> {
    const [item] = this.#items;
    if (item?.etag === undefined) return;
    const { etag, path } = item;
    const { outcome, status, headers } = await session.write(
      { action: "delete", key: path, input: { etag } },
      { method: "DELETE", path, headers: { "If-Match": etag } },
      refusalOr(() => ({})),
    );
    if (status === 412) saw(item, { headers });
    else if (outcome !== "fail") this.#items.splice(this.#items.indexOf(item), 1);
  }

  async #read(session: HistorySession, item: KnownItem): Promise<void> {
    const token = session.token();
    const intent = { action: "read", key: item.path, input: { ...tokenInput(token) } };
    await session.record(intent, async () => {
      const found = await session.send({ path: item.path, headers: tokenHeader(token) });
      if (found.status === 200) saw(item, found);
      return this.#shown(found);
    });
  }

  /** Reads an item where it is written, by a patch that changes nothing. */
  async #confirm(session: HistorySession, item: KnownItem): Promise<void> {
    await session.record({ action: "confirm", key: item.path, input: {} }, async () => {
      const headers = { "If-Match": "*", ...MERGE_PATCH };
      return this.#shown(await session.send({ method: "PATCH", path: item.path, headers, body: {} }));
    });
  }

  async #walkFiltered(session: HistorySession, value: string): Promise<void> {
    const isPrefix = this.#isPrefixFilter;
    const length = isPrefix ? value.length - Math.floor(session.random() * SHORTENED) : value.length;
    await this.#walk(session, { value: value.slice(0, length), isPrefix });
  }

  /** Reads all pages of the list. @param filter Filter of the property. @default none */
  async #walk(
    session: HistorySession,
    filter?: { readonly value: string; readonly isPrefix: boolean },
  ): Promise<void> {
    const { list, property } = this.#resource;
    const token = session.token();
    const limit = 3 + Math.floor(session.random() * 20);
    const action = filter === undefined ? "walk" : "filter";
    const intent = { action, key: list, input: { limit, ...filter, ...tokenInput(token) } };
    const query = filter === undefined ? "" : `&${new URLSearchParams({ [property]: filter.value })}`;
    await session.record(intent, async (): Promise<Completion> => {
      const items: string[] = [];
      let path: string | undefined = `${list}?limit=${limit}${query}`;
      for (let pages = 0; path !== undefined && pages < MAX_PAGES; pages++) {
        const found: Exchange = await session.send({ path, headers: tokenHeader(token) });
        if (found.status !== 200) return { outcome: "fail", output: { status: found.status } };
        const ids = membersOf(found.body)?.map(idOf) ?? [undefined];
        const link = nextIn(found.headers);
        path = link === undefined ? undefined : linkedPath(link, found.url);
        if (ids.includes(undefined) || (link !== undefined && path === undefined)) {
          const what = ids.includes(undefined) ? "no list of items with ids" : "a next page elsewhere";
          return { outcome: "fail", output: { status: found.status, found: what } };
        }
        items.push(...ids.map((id) => `${list}/${id}`));
      }
      return { outcome: "ok", output: { items, complete: path === undefined } };
    });
  }

  #shown(found: Exchange): Completion {
    const { status, body } = found;
    const value = itemOf(body)[this.#resource.property];
    if (status === 200 && typeof value === "string") {
      return { outcome: "ok", output: { value, ...etagIn(found) } };
    }
    if (status === 404 || status === 410) return { outcome: "ok", output: { missing: true } };
    return { outcome: "fail", output: { status } };
  }

  #next(): string {
    return `value ${++this.#values}-${this.#salt}`;
  }
}

function saw(item: KnownItem, { headers }: Pick<Exchange, "headers">): void {
  const etag = headers.get("etag");
  if (etag === null || etag === item.etag) return;
  item.olderEtag = item.etag;
  item.etag = etag;
}

function etagIn({ headers }: Pick<Exchange, "headers">): { readonly etag?: string } {
  const etag = headers.get("etag");
  return etag === null ? {} : { etag };
}

/** Returns the output of a write: its own, or the status of its refusal with the current version. */
function refusalOr(outputOf: (found: Exchange) => JsonObject): (found: Exchange) => JsonObject {
  return (found) => found.outcome === "ok" ? outputOf(found) : { status: found.status, ...etagIn(found) };
}

/** Returns the path of a created item; undefined if its response has neither `Location` nor an id. */
function pathIn({ headers, body, url }: Exchange, list: string): string | undefined {
  const location = headers.get("location");
  const path = location === null ? undefined : linkedPath(location, url);
  const id = idOf(itemOf(body));
  return path ?? (id === undefined ? undefined : `${list}/${id}`);
}

function idOf(item: unknown): string | undefined {
  const members = Object.entries(Object(item));
  const id = members.find(([name]) => name === "id")?.[1] ??
    members.find(([name]) => /id$/i.test(name))?.[1];
  return typeof id === "string" || typeof id === "number" ? String(id) : undefined;
}

/** Returns the items of a list; undefined if the body has none. */
function membersOf(body: JsonValue | undefined): readonly JsonValue[] | undefined {
  const items = isObject(body) ? member(body, "data") : body;
  return isArray(items) ? items : undefined;
}

/** Returns the link to the next page (RFC 8288), as it is written. */
function nextIn(headers: Headers): string | undefined {
  return /<([^>]+)>;\s*rel="?next"?/.exec(headers.get("link") ?? "")?.[1];
}
