import { useEmbeddedDatabase } from "@archway/tools/support/embedded/use_embedded_database.ts";
import { useTestDatabase } from "@archway/tools/support/postgres/use_test_database.ts";
import { GENEROUS_TIMEOUTS } from "@archway/tools/support/generous_timeouts.ts";
import { openPool } from "./postgres/open_pool.ts";
import { DRIVERS, type InstanceConfig } from "./postgres/pool_config.ts";
import type { ContractOptions } from "./testing/contract.ts";
import { MIGRATION_CONTRACT } from "./testing/migration_contract.ts";
import { QUERY_CONTRACT } from "./testing/query_contract.ts";
import { TRANSACTION_CONTRACT } from "./testing/transaction_contract.ts";

interface Adapter extends ContractOptions {
  readonly name: string;
  open(): Promise<AsyncDisposable & { readonly instance: InstanceConfig }>;
}

const adapters: readonly Adapter[] = [
  { name: "PostgreSQL", cancels: true, open: useTestDatabase },
  { name: "the embedded database", cancels: false, open: useEmbeddedDatabase },
];

const contract = { ...QUERY_CONTRACT, ...TRANSACTION_CONTRACT, ...MIGRATION_CONTRACT };

for (const adapter of adapters) {
  for (const driver of DRIVERS) {
    Deno.test(`openPool() implements the contract of db.ts on ${adapter.name} with ${driver}`, async (test) => {
      await using database = await adapter.open();
      const primary = { ...database.instance, driver };
      await using pool = openPool({ primary, replicas: [], ...GENEROUS_TIMEOUTS });
      for (const [name, check] of Object.entries(contract)) await test.step(name, () => check(pool, adapter));
    });
  }
}
