import { assertEquals, assertRejects } from "@std/assert";
import type { ConnectionManager, Querier, Transaction, TxManager } from "@archway/db/db.ts";
import { UNRESTRICTED } from "./access_scope.ts";
import { ConditionalWriter, type VersionedRepository } from "./conditional_writer.ts";
import { DomainError } from "./domain_error.ts";
import { meetsCondition, type VersionCondition } from "./entity_version.ts";

interface Widget {
  readonly id: string;
  readonly name: string;
  readonly version: bigint;
}

const KEY = { id: "1", scope: UNRESTRICTED };

const DB: Querier = { query: () => Promise.reject(new Error("Unexpected call")) };

const CONNECTIONS: ConnectionManager = {
  writer: () => DB,
  reader: () => DB,
  position: () => Promise.reject(new Error("Unexpected call")),
};

/** One widget in memory; `overtake` runs once, before the next write. */
class MemoryWidgets implements VersionedRepository<Widget, string> {
  widget: Widget | undefined = { id: "1", name: "a", version: 1n };
  overtake: (() => void) | undefined;

  insert(): Promise<void> {
    return Promise.resolve();
  }

  find(): Promise<Widget | undefined> {
    return Promise.resolve(this.widget);
  }

  update(
    _db: Querier,
    { input, condition }: { readonly input: string; readonly condition: VersionCondition },
  ): Promise<Widget | undefined> {
    this.overtake?.();
    this.overtake = undefined;
    const { widget } = this;
    if (widget === undefined || !meetsCondition(widget.version, condition)) return Promise.resolve(undefined);
    this.widget = { ...widget, name: input, version: widget.version + 1n };
    return Promise.resolve(this.widget);
  }

  softDelete(_db: Querier, { condition }: { readonly condition: VersionCondition }): Promise<boolean> {
    const deletes = this.widget !== undefined && meetsCondition(this.widget.version, condition);
    if (deletes) this.widget = undefined;
    return Promise.resolve(deletes);
  }
}

function open(): { readonly repository: MemoryWidgets; readonly writer: ConditionalWriter<Widget, string> } {
  const repository = new MemoryWidgets();
  const now = (): string => "2026-11-22T07:41:00Z";
  const writer = new ConditionalWriter({ resource: "widget", connections: CONNECTIONS, repository, now });
  return { repository, writer };
}

async function refused(run: () => Promise<unknown>): Promise<readonly unknown[]> {
  const { code, currentVersion } = await assertRejects(run, DomainError);
  return [code, currentVersion];
}

Deno.test("ConditionalWriter reports a missing resource first, then a stale version with the current one", async () => {
  const { repository, writer } = open();
  const stale = { condition: [7n] };
  const writes = [
    (): Promise<unknown> => writer.replace(KEY, "b", stale),
    (): Promise<unknown> => writer.modify(KEY, ({ name }) => `${name}b`, stale),
    (): Promise<unknown> => writer.delete(KEY, stale),
  ];
  for (const write of writes) assertEquals(await refused(write), ["widget-changed", 1n]);
  repository.widget = undefined;
  for (const write of [...writes, (): Promise<unknown> => writer.get(KEY)]) {
    assertEquals(await refused(write), ["widget-not-found", undefined]);
  }
});

Deno.test("ConditionalWriter.modify() repeats a change that lost a race, unless a version is required", async () => {
  const { repository, writer } = open();
  const overtake = (): void => {
    repository.widget = { id: "1", name: "overtaken ", version: 5n };
  };
  repository.overtake = overtake;
  assertEquals(
    (await writer.modify(KEY, ({ name }) => `${name}b`, { condition: "any" })).name,
    "overtaken b",
  );
  repository.overtake = overtake;
  assertEquals(await refused(() => writer.modify(KEY, () => "c", { condition: [6n] })), [
    "widget-changed",
    5n,
  ]);
});

Deno.test("ConditionalWriter runs each write in a transaction of its own, if it has transactions", async () => {
  const queriers: Querier[] = [];
  const tx: Transaction = { ...DB, savepoint: (run) => run(tx) };
  const transactions: TxManager = {
    withTx: (run) => run(tx),
    withTimeoutTx: (_, run) => run(tx),
  };
  const repository = new MemoryWidgets();
  const update = repository.update.bind(repository);
  repository.update = (db, change): Promise<Widget | undefined> => {
    queriers.push(db);
    return update(db, change);
  };
  const now = (): string => "2026-11-22T07:41:00Z";
  const writer = new ConditionalWriter({
    ...{ resource: "widget", connections: CONNECTIONS, transactions, repository, now },
  });
  await writer.replace(KEY, "b", { condition: [1n] });
  await writer.modify(KEY, ({ name }) => `${name}c`, { condition: "any" });
  await writer.delete(KEY, { condition: [3n] });
  assertEquals([queriers.every((db) => db === tx), queriers.length, repository.widget], [true, 2, undefined]);
});
