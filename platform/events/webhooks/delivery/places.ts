import type { Lane, Pace } from "./delivery.ts";

/** How many lanes of one endpoint are worked on at the same time. */
const PER_ENDPOINT = 4;

/** What may be begun, beside what is under way. */
export interface Room {
  /** How many lanes. */
  readonly lanes: number;
  /** How many of them of endpoints that are not known to be quick. */
  readonly unproven: number;
  /** How many of them of endpoints that are known to be slow. */
  readonly slow: number;
  /** Endpoints that have enough under way. */
  readonly fullEndpoints: readonly string[];
  /** Holders who have enough under way. */
  readonly fullHolders: readonly string[];
  /** Holders who have enough under way but for endpoints that are known to be quick. */
  readonly strainedHolders: readonly string[];
  /** Who has what under way: whoever has the least comes first. */
  readonly underWay: readonly UnderWay[];
}

/** A lane that is under way. */
export interface UnderWay {
  readonly endpointId: string;
  readonly holder: string;
  readonly quick: boolean;
}

/**
 * Divides the places that a process has for lanes, so that nobody is kept waiting by receivers of others that hold theirs
 * until they answer, or until their time is over:
 *
 * - an endpoint has 4 at the most, and one as long as it is not known how quick it is;
 * - a holder has half of all, a quarter for endpoints that are not known to be quick;
 * - endpoints that are slow have half, together with those that nobody knows yet three quarters.
 *
 * The last quarter is left to endpoints that are known to be quick.
 */
export class Places {
  readonly #size: number;
  readonly #lanes = new Set<Lane>();
  /** Of the endpoints that have lanes under way. */
  readonly #paces = new Map<string, Pace>();

  /** @param size How many lanes are under way at the same time, at the most. */
  constructor(size: number) {
    this.#size = size;
  }

  /** A lane begins; its endpoint is so quick as far as is known. */
  take(lane: Lane, pace: Pace): void {
    this.#lanes.add(lane);
    this.#paces.set(lane.endpointId, pace);
  }

  /** A lane has come to its end. */
  leave(lane: Lane): void {
    this.#lanes.delete(lane);
    const { endpointId } = lane;
    if (![...this.#lanes].some((other) => other.endpointId === endpointId)) this.#paces.delete(endpointId);
  }

  /** Notes how quick an endpoint with lanes under way is. @returns whether that is news. */
  learn(endpointId: string, pace: Pace): boolean {
    if (this.#paces.get(endpointId) === pace) return false;
    this.#paces.set(endpointId, pace);
    return true;
  }

  /** What may be begun now. */
  room(): Room {
    const lanes = [...this.#lanes];
    const unproven = lanes.filter(({ endpointId }) => this.#paceOf(endpointId) !== "quick");
    const slow = unproven.filter(({ endpointId }) => this.#paceOf(endpointId) === "slow");
    return {
      lanes: this.#size - lanes.length,
      unproven: Math.ceil(this.#size * 3 / 4) - unproven.length,
      slow: Math.max(1, Math.floor(this.#size / 2)) - slow.length,
      fullEndpoints: overfull(lanes, (lane) => lane.endpointId, (endpointId) => this.#mostOf(endpointId)),
      fullHolders: overfull(lanes, (lane) => lane.holder, () => Math.ceil(this.#size / 2)),
      strainedHolders: overfull(unproven, (lane) => lane.holder, () => Math.ceil(this.#size / 4)),
      underWay: lanes.map(({ endpointId, holder }) => ({
        endpointId,
        holder,
        quick: this.#paceOf(endpointId) === "quick",
      })),
    };
  }

  #mostOf(endpointId: string): number {
    return this.#paceOf(endpointId) === "unknown" ? 1 : PER_ENDPOINT;
  }

  #paceOf(endpointId: string): Pace {
    return this.#paces.get(endpointId) ?? "unknown";
  }
}

/** Whether something is left out, that may be begun once a lane has come to its end. */
export function isRestricted({ unproven, slow, ...room }: Room): boolean {
  return Math.min(room.lanes, unproven, slow) <= 0 ||
    [room.fullEndpoints, room.fullHolders, room.strainedHolders].some(({ length }) => length > 0);
}

/** Of what there are as many lanes as there may be. */
function overfull(
  lanes: readonly Lane[],
  keyOf: (lane: Lane) => string,
  mostOf: (key: string) => number,
): readonly string[] {
  return [...Map.groupBy(lanes, keyOf)].filter(([key, those]) => those.length >= mostOf(key)).map(([key]) =>
    key
  );
}
