import { cursorPages, type DeepPage, namedPages, numberedPages } from "./deep_pages.ts";
import type { DepthCluster } from "./depth_cluster.ts";
import type { DepthOptions } from "./depth_options.ts";
import { startService } from "./programs.ts";
import { type Medians, mediansOf, ratioOf, type Spread, takeTurns, type TurnOptions } from "./take_turns.ts";

/** How one kind of page did beside the first of all kinds. */
export interface DepthResult {
  readonly label: string;
  readonly medians: Medians;
  /** Its median latency divided by that of the first one in the same round. */
  readonly ratio: Spread;
}

/** Both ways to measure; undefined: not asked for. */
export interface DepthResults {
  readonly load: readonly DepthResult[] | undefined;
  /** One client, one request at a time. */
  readonly alone: readonly DepthResult[] | undefined;
}

/** Measures pages at several depths: under load those by cursor, for one client alone all there are. */
export async function measureDepth(
  { primary, contacts }: DepthCluster,
  { parts }: Pick<DepthOptions, "parts">,
  turns: TurnOptions,
): Promise<DepthResults> {
  if (!parts.includes("load") && !parts.includes("alone")) return { load: undefined, alone: undefined };
  const secret = crypto.randomUUID();
  await using server = await startService(primary, { secret });
  await server.untilHealthy(turns.signal);
  const depths = [1, contacts / 10, contacts * 9 / 10].map(Math.floor);
  const byCursor = await cursorPages({ database: primary, server, secret, depths });
  const measure = async (
    pages: readonly DeepPage[],
    connections: number,
  ): Promise<readonly DepthResult[]> => {
    const variants = pages.map(({ paths }) => ({
      target: server.target,
      scenario: { kind: "read", paths } as const,
    }));
    const all = await takeTurns(variants, { ...turns, connections });
    return pages.map(({ label }, index) => ({
      label,
      medians: mediansOf(all[index] ?? []),
      ratio: ratioOf(all[index] ?? [], all[0] ?? [], "p50"),
    }));
  };
  const load = parts.includes("load") ? await measure(byCursor, turns.connections) : undefined;
  if (!parts.includes("alone")) return { load, alone: undefined };
  const pages = [
    ...byCursor,
    ...numberedPages(depths),
    ...await namedPages(primary, Math.floor(contacts * 9 / 10)),
  ];
  return { load, alone: await measure(pages, 1) };
}
