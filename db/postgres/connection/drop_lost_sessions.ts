import type { Querier } from "../../db.ts";
import type { Connection } from "./connection.ts";
import { serverStart, type Session } from "./session_state.ts";

/** Connection to a server beside the ones that are checked. */
export interface SessionProbe {
  /** Runs a short query. Rejects on timeout. */
  ask<T>(run: (server: Querier) => Promise<T>): Promise<T>;
  /** Whether its connection was lost and replaced since the last call. */
  takeReconnected(): boolean;
}

/** Options of {@link dropLostSessions}. */
export interface DropLostSessionsOptions {
  readonly probe: SessionProbe;
  /** Time without a response after which a connection is suspected, in milliseconds. */
  readonly silentMs: number;
  /**
   * Whether the address leads to one server at a time, so that connections to another one are obsolete.
   *
   * @default false
   */
  readonly isSingleServer?: boolean;
}

interface ServerSessions {
  readonly serverStart: string;
  /** Processes of sessions that run a statement. */
  readonly busy: readonly number[];
}

// The state of another role's sessions is not visible.
const statement = `SELECT ${serverStart} AS "serverStart",
  ARRAY(SELECT pid FROM pg_stat_activity
    WHERE pid = ANY($1::int[]) AND COALESCE(state NOT LIKE 'idle%', true)) AS busy`;

/** Time in which responses are read that arrived with the probe's, in milliseconds. */
const catchUpMs = 100;

/**
 * Drops connections that await a response of a session that the server does not have any more, or that runs nothing. A
 * network that has forgotten a connection, or an address that has moved, closes none. Then idle ones are not used any
 * more, either, nor after the probe itself was lost, nor those to another server. Rejects if the server does not respond
 * to the probe.
 */
export async function dropLostSessions(
  connections: readonly Connection[],
  { probe, silentMs, isSingleServer = false }: DropLostSessionsOptions,
): Promise<void> {
  const now = performance.now();
  const sessions = connections.flatMap((connection) => {
    const { session, awaitedSince } = connection;
    const isSilent = connection.running > 0 && now - awaitedSince >= silentMs;
    return session === undefined ? [] : [{ connection, session, awaitedSince, isSilent }];
  });
  if (sessions.length === 0) return;
  const pids = sessions.map(({ session }) => session.pid);
  const { rows: [server] } = await probe.ask((querier) => querier.query<ServerSessions>(statement, [pids]));
  if (server === undefined) return;
  await new Promise((resolve) => setTimeout(resolve, catchUpMs));
  const lost = sessions.filter(({ connection, session, awaitedSince, isSilent }) => {
    const stillWaits = isSilent && connection.running > 0 && connection.awaitedSince === awaitedSince;
    return stillWaits && (isOther(session) ? isSingleServer : !server.busy.includes(session.pid));
  });
  const isSuspect = probe.takeReconnected() || lost.length > 0;
  for (const { connection, session } of sessions) {
    const isObsolete = isSingleServer && isOther(session);
    if (isObsolete || (isSuspect && connection.running === 0)) connection.expiresAt = 0;
  }
  for (const { connection } of lost) connection.destroy();

  function isOther({ serverStart }: Session): boolean {
    return serverStart !== server?.serverStart;
  }
}
