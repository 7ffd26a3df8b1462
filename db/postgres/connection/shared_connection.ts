import type { Connection } from "./connection.ts";

/**
 * How many statements may be under way on one connection. The server works on them one after the other; sending them
 * together saves both sides reading and writing each alone. With 50 callers on 10 connections that doubled the
 * throughput against 1, and more than 5 gained little (measured).
 */
const maxPipelined = 5;

/** What has waited so long for an answer, in milliseconds, gets no further statement to hold up. */
const slowMs = 20;

/** Of some connections that are nobody's own, the one that a further statement does not have to wait long for. */
export function leastBusy(connections: Iterable<Connection>): Connection | undefined {
  const now = performance.now();
  let best: Connection | undefined;
  for (const connection of connections) {
    if (connection.running < (best?.running ?? maxPipelined) && takesMore(connection, now)) best = connection;
  }
  return best;
}

/** Of some connections that are nobody's own, the fullest that has only quick reads under way and room for another. */
export function fullestOfQuick(connections: Iterable<Connection>): Connection | undefined {
  const now = performance.now();
  let best: Connection | undefined;
  for (const connection of connections) {
    const { running, isQuick } = connection;
    if (!isQuick || running <= (best?.running ?? 0) || running >= maxPipelined) continue;
    if (takesMore(connection, now)) best = connection;
  }
  return best;
}

/** Whether it answers and is not about to be closed. */
function takesMore(connection: Connection, now: number): boolean {
  return now - connection.awaitedSince < slowMs && connection.isReady && now < connection.expiresAt;
}
