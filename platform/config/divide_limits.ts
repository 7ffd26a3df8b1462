import type { InstanceConfig } from "@archway/db/postgres/pool_config.ts";
import type { Setting, SettingsReader } from "@archway/service_kit/setting.ts";
import { type AdmissionConfig, MAX_IN_FLIGHT } from "./admission_config.ts";
import type { DatabaseConfig } from "./database_config.ts";
import type { LimitConfig } from "./limit_config.ts";
import { type ListenerConfig, MAX_CONNECTIONS, MAX_PER_ADDRESS } from "./listener_config.ts";
import { MAX_WAITING, MIN_CONNECTIONS, type PoolConfig } from "./pool_config.ts";
import {
  ADDRESS_RATE,
  OPERATION_RATES,
  type Rate,
  RATE_LIMIT,
  type RateLimitConfig,
} from "./rate_limit_config.ts";
import { PRIMARY, replicaSettings } from "./server_settings.ts";

/** One of several processes that divide the limits of a program. */
export interface Share {
  /** Number of the process, from 0. */
  readonly index: number;
  /** Number of processes. */
  readonly count: number;
}

/** Configuration with limits of a program. */
interface LimitedConfig {
  readonly database: DatabaseConfig;
  readonly pool: PoolConfig;
  readonly listener: ListenerConfig;
  readonly admission: AdmissionConfig | undefined;
  readonly limits: LimitConfig;
}

/** Returns the part of a total that a share gets: the parts sum up to the total and differ by at most one. */
export function partOf(total: number, { index, count }: Share): number {
  return Math.floor(total / count) + (index < total % count ? 1 : 0);
}

/**
 * Returns the configuration of one of the processes of WORKERS: those limits of the program divided that protect what the
 * processes share, which are the settings marked as `divided`. A limit of 0, which stands for none, remains 0.
 *
 * Each process gets at least 1 of a limit; a limit below the number of processes is reported to the reader.
 */
export function divideLimits<C extends LimitedConfig>(
  config: C,
  { reader, share }: { readonly reader: Pick<SettingsReader, "isSet" | "reject">; readonly share: Share },
): C & LimitedConfig {
  const { count } = share;
  const part = ({ name, divided }: Setting<unknown>, total: number): number => {
    if (!divided) throw new Error(`${name} is not marked as divided`);
    if (total > 0 && total < count) {
      reader.reject(
        { name },
        `allows ${total} for ${count} processes (WORKERS); each of them needs at least 1`,
      );
    }
    return partOf(total, share);
  };
  const { pool, listener: { connectionLimits }, admission, limits } = config;
  return {
    ...config,
    database: divideConnections(config.database, { part, reader }),
    pool: {
      ...pool,
      minConnections: part(MIN_CONNECTIONS, pool.minConnections),
      maxWaiting: part(MAX_WAITING, pool.maxWaiting),
    },
    listener: {
      ...config.listener,
      connectionLimits: connectionLimits && {
        ...connectionLimits,
        maxConnections: part(MAX_CONNECTIONS, connectionLimits.maxConnections),
        maxConnectionsPerAddress: part(MAX_PER_ADDRESS, connectionLimits.maxConnectionsPerAddress),
      },
    },
    admission: admission && { ...admission, maxInFlight: part(MAX_IN_FLIGHT, admission.maxInFlight) },
    limits: { ...limits, rateLimit: limits.rateLimit && divideRates(limits.rateLimit, part) },
  };
}

/** Returns the part of a limit, and reports one that is too small. */
type Part = (setting: Setting<unknown>, total: number) => number;

function divideConnections(
  database: DatabaseConfig,
  { part, reader }: { readonly part: Part; readonly reader: Pick<SettingsReader, "isSet"> },
): DatabaseConfig {
  if (database.kind === "embedded") return database;
  const [first, ...others] = database.primary;
  const maxConnections = part(PRIMARY.maxConnections, first.maxConnections);
  const withPart = (instance: InstanceConfig): InstanceConfig => ({ ...instance, maxConnections });
  return {
    ...database,
    primary: [withPart(first), ...others.map(withPart)],
    replicas: database.replicas.map((replica, number) => {
      const setting = replicaSettings(number).maxConnections;
      // Without a setting of its own it is as the primary, for which the setting is reported.
      if (!reader.isSet(setting)) return withPart(replica);
      return { ...replica, maxConnections: part(setting, replica.maxConnections) };
    }),
  };
}

/** Rates of callers that are counted in a store together need no division; those of addresses never are. */
function divideRates(rates: RateLimitConfig, part: Part): RateLimitConfig {
  const divide = (setting: Setting<unknown>, rate: Rate): Rate => ({
    ...rate,
    quota: part(setting, rate.quota),
  });
  const addressRate = divide(ADDRESS_RATE, rates.addressRate);
  if (rates.storeUrl !== undefined) return { ...rates, addressRate };
  return {
    ...rates,
    rate: divide(RATE_LIMIT, rates.rate),
    operations: new Map([...rates.operations].map(([id, rate]) => [id, divide(OPERATION_RATES, rate)])),
    addressRate,
  };
}
