import type { Exchange } from "./exchange.ts";
import { KNOWN_METHODS } from "../methods.ts";
import { isPrivateHost } from "./private_host.ts";
import { Problem } from "../problem.ts";

/** The sizes a request may have. */
export interface Limits {
  /** The longest request target, in bytes. */
  readonly maxUrlBytes: number;
  /** All header fields together, in bytes. */
  readonly maxHeaderBytes: number;
  /** Whether only hosts are answered that are no public names. */
  readonly privateHostsOnly: boolean;
}

// RFC 3986, section 3.2.2, without what is percent-encoded. The URL given by the platform begins with this text
// unchecked: a slash in it would move the path.
const HOST = /^(?:\[[0-9A-Fa-f:.]{2,45}\]|[A-Za-z0-9._~!$&'()*+;=-]{1,255})(?::(?<port>[0-9]{0,5}))?$/;
const MAX_PORT = 65535;

// Nearly all requests name the same host.
let lastGoodHost: string | undefined;

/** Refuses what is wrong with a request wherever it goes: 501, 400 and 421 for its Host, 414 and 431. */
export function checkLimits(exchange: Exchange, limits: Limits): void {
  if (!KNOWN_METHODS.has(exchange.method)) throw new Problem(501, "not-implemented");
  if (exchange.targetBytes > limits.maxUrlBytes) {
    throw new Problem(414, "uri-too-long", {
      detail: `The request target is longer than ${limits.maxUrlBytes} bytes`,
    });
  }
  const { bytes, host } = exchange.fields;
  if (bytes > limits.maxHeaderBytes) {
    throw new Problem(431, "headers-too-large", {
      detail: `The header fields are larger than ${limits.maxHeaderBytes} bytes`,
    });
  }
  if (host === null) return;
  if (host !== lastGoodHost) checkHost(host);
  if (limits.privateHostsOnly && !isPrivateHost(host)) throw new Problem(421, "misdirected-request");
}

function checkHost(host: string): void {
  const match = HOST.exec(host);
  if (match === null || Number(match.groups?.["port"] ?? 0) > MAX_PORT) {
    throw new Problem(400, "malformed-request", {
      detail: "The Host header is not valid",
      invalidParams: [{ name: "Host", in: "header", reason: "is not a host name with an optional port" }],
    });
  }
  lastGoodHost = host;
}
