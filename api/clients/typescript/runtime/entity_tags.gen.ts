// Code generated from tools/oapi_codegen/client/runtime/entity_tags.ts; DO NOT EDIT.
import { memberOf } from "./problem_error.gen.ts";

/** Maximum number of tags; the one that was used longest ago is dropped. */
const MAX_TAGS = 1000;

/** Exchange whose response was received. */
export interface TaggedExchange {
  /** Method in capitals. */
  readonly method: string;
  /** Address of the resource that was read or changed, without origin and query. */
  readonly path: string;
  /** Whether the request was conditional on the tag of the resource, whichever its method. */
  readonly isAction: boolean;
  readonly response: Response;
  /** Parsed body of the response. */
  readonly data: unknown;
}

/** Entity tags of the versions that a client has seen last, by path. */
export class EntityTags {
  readonly #tags = new Map<string, string>();

  /** Returns the tag of the version that was seen last. */
  get(path: string): string | undefined {
    const tag = this.#tags.get(path);
    if (tag !== undefined) this.set(path, tag);
    return tag;
  }

  set(path: string, tag: string): void {
    this.#tags.delete(path);
    this.#tags.set(path, tag);
    if (this.#tags.size > MAX_TAGS) {
      for (const oldest of this.#tags.keys()) {
        this.#tags.delete(oldest);
        break;
      }
    }
  }

  delete(path: string): void {
    this.#tags.delete(path);
  }

  /**
   * Keeps the tags of a successful response: of the resource that was read or changed, of the one that `Location` names,
   * and of the items of a list by `meta.etags`. The tag of a deleted resource, of one that is gone and of a version that
   * is outdated is dropped, so that only a read makes the next change possible.
   */
  learn({ method, path, isAction, response, data }: TaggedExchange): void {
    const { status, headers } = response;
    if (status === 404 || status === 410 || status === 412 || (response.ok && method === "DELETE")) {
      this.delete(path);
    }
    if (!response.ok) return;
    const tag = headers.get("ETag");
    const location = headers.get("Location");
    const target = method === "POST" && !isAction ? location && pathOf(location) : path;
    if (tag !== null && target) this.set(target, tag);
    const items = memberOf(memberOf(data, "meta"), "etags");
    if (method !== "GET" || typeof items !== "object" || items === null) return;
    for (const [id, item] of Object.entries(items)) {
      if (typeof item === "string") this.set(`${path}/${encodeURIComponent(id)}`, item);
    }
  }
}

/** Returns the path of an absolute or relative address, without origin and query. */
export function pathOf(address: string): string {
  return address.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, "").replace(/[?#].*$/, "");
}
