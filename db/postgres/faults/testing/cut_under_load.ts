import { openPool } from "../../open_pool.ts";
import type { InstanceConfig } from "../../pool_config.ts";
import { CuttingProxy } from "./cutting_proxy.ts";
import { type LoadReport, PoolLoad } from "./pool_load.ts";
import { untilNothingLeaks } from "./until_nothing_leaks.ts";

const applicationName = "archway through a cutting proxy";

/** Puts a pool under load and cuts its connections a number of times. Rejects if connections or a transaction are leaked. */
export async function cutUnderLoad(
  instance: InstanceConfig,
  { cuts }: { readonly cuts: number },
): Promise<LoadReport> {
  using proxy = new CuttingProxy(instance);
  await using pool = openPool({
    primary: proxy.instance,
    replicas: [],
    applicationName,
    readsPosition: true,
  });
  await using observer = openPool({ primary: { ...instance, maxConnections: 1 }, replicas: [] });
  const load = await PoolLoad.start(pool);
  proxy.isCutting = true;
  while (proxy.cuts < cuts) await new Promise((resolve) => setTimeout(resolve, 5));
  proxy.isCutting = false;
  await load.untilDone(10);
  const report = await load.stop();
  await untilNothingLeaks({ pool, observer, applicationName });
  return report;
}
