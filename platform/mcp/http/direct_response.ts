import { SERVER_INFO_META_KEY } from "@modelcontextprotocol/server";
import type { ToolResult } from "../tools/tool_result.ts";
import type { DirectMessage } from "./direct_message.ts";

/** Name and version of the server, as clients receive them. A type, as the protocol requires an index signature. */
export type ServerInfo = { readonly name: string; readonly version: string };

/** Writes the responses to direct messages, as texts of the same bytes that the SDK writes. */
export class DirectResponses {
  readonly #calledEnd: string;
  readonly #listedEnd: string;

  constructor(server: ServerInfo) {
    const meta = JSON.stringify({ [SERVER_INFO_META_KEY]: server });
    this.#calledEnd = `,"resultType":"complete","_meta":${meta}`;
    this.#listedEnd = `,"resultType":"complete","ttlMs":0,"cacheScope":"private","_meta":${meta}`;
  }

  /** Returns the response to a call. */
  called(message: DirectMessage, { content, structuredText, isError }: ToolResult): string {
    const fields = `"content":${JSON.stringify(content)}${
      structuredText === undefined ? "" : `,"structuredContent":${structuredText}`
    }${isError === true ? ',"isError":true' : ""}`;
    return respond(message, message.isCurrent ? fields + this.#calledEnd : fields);
  }

  /** Returns the response to a list, with the definitions of tools as JSON. */
  listed(message: DirectMessage, definitions: readonly string[]): string {
    const fields = `"tools":[${definitions.join()}]`;
    return respond(message, message.isCurrent ? fields + this.#listedEnd : fields);
  }
}

function respond({ id }: DirectMessage, fields: string): string {
  return `{"result":{${fields}},"jsonrpc":"2.0","id":${JSON.stringify(id)}}`;
}
