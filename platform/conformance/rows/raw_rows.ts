import { cells, type Row, type Statuses } from "../row.ts";

/**
 * Reads a table of requests that are sent as they are: lines with the expected status of each response, what else is
 * expected, and the bytes, in which "¶" is CRLF.
 *
 * The second column has "-", or some of: "platform", "ends", "leaves" (see {@link Row}), "continues", "http2".
 */
export function rawRows(table: string): readonly Row[] {
  return table.trim().split("\n").map((line): Row => {
    const [, first = "", more = "", flags = "", bytes = ""] =
      /^ *(\S+)((?: then \S+)*) +\| (\S+) \| ?(.*)$/s.exec(line) ?? [];
    const [request = ""] = cells(bytes);
    const then = more.split(" then ").slice(1).map(statusesOf);
    return {
      name: request === "" ? "nothing" : bytes.slice(0, 120),
      request,
      client: flags.includes("ends") ? "ends" : flags.includes("leaves") ? "leaves" : "reads",
      expect: {
        status: statusesOf(first),
        then,
        ...flags.includes("platform") && { by: "platform" },
        ...flags.includes("continues") && { continues: true },
        ...flags.includes("http2") && { speaks: "HTTP/2" },
      },
    };
  });
}

function statusesOf(text: string): Statuses {
  return text === "2xx" ? text : text.split("/").map(Number);
}
