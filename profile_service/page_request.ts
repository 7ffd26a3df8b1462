import type { ListProfilesRequest } from "@archway/api/profileapi/server.gen.ts";
import type { KeysetPosition } from "@archway/service_kit/paging/keyset.ts";
import { CursorError } from "@archway/service_kit/paging/page_cursors.ts";
import type { CursorCodec } from "./cursor.ts";
import type { KeysetQuery, OffsetQuery, ProfileFilter } from "./ports.ts";
import { ProfileError, type ProfileFault } from "./profile_error.ts";
import type { Viewer } from "@archway/service_kit/ownership/viewer.ts";

/** Rows on a page when the client does not say. */
const DEFAULT_PAGE_SIZE = 20;

/** The query of a list, as its document declares it. */
export type ListParameters = ListProfilesRequest["query"];

/** What of a list's query goes into every link to another page of it. */
export function listParameters({ limit, pageSize, name, email }: ListParameters): ListParameters {
  return {
    ...(limit !== undefined && { limit }),
    ...(pageSize !== undefined && { pageSize }),
    ...(name !== undefined && { name }),
    ...(email !== undefined && { email }),
  };
}

/** Which page is asked for, and in which of the two ways. */
export type PageRequest =
  | { readonly mode: "cursor"; readonly query: KeysetQuery }
  | { readonly mode: "offset"; readonly query: OffsetQuery };

/** What a list is asked for with. */
export interface PageRequestOptions {
  readonly cursors: CursorCodec;
  /** Whose list it is. */
  readonly viewer: Viewer;
}

/**
 * Decides the way of paging and reads the cursor.
 *
 * @throws {ProfileError} "invalid-page" when ways are mixed or the cursor is not taken.
 */
export function parsePageRequest(
  parameters: ListParameters,
  { cursors, viewer }: PageRequestOptions,
): PageRequest {
  const { page, pageSize, limit } = parameters;
  const filter: ProfileFilter = {
    viewer,
    ...(parameters.name !== undefined && { namePrefix: parameters.name.normalize("NFC") }),
    ...(parameters.email !== undefined && { email: parameters.email.normalize("NFC") }),
  };
  refuseMixture(parameters);
  if (page !== undefined || pageSize !== undefined) {
    return { mode: "offset", query: { filter, page: page ?? 1, pageSize: pageSize ?? DEFAULT_PAGE_SIZE } };
  }
  const position = readCursor(parameters, filter, cursors);
  const query = { filter, limit: limit ?? DEFAULT_PAGE_SIZE, ...(position !== undefined && { position }) };
  return { mode: "cursor", query };
}

function refuseMixture(parameters: ListParameters): void {
  const faults: ProfileFault[] = [];
  if (parameters.page !== undefined || parameters.pageSize !== undefined) {
    for (const field of ["limit", "after", "before"] as const) {
      if (parameters[field] !== undefined) {
        faults.push({ field, reason: "cannot be used with page or pageSize" });
      }
    }
  } else if (parameters.after !== undefined && parameters.before !== undefined) {
    faults.push({ field: "before", reason: "cannot be used with after" });
  }
  if (faults.length > 0) throw new ProfileError("invalid-page", { faults });
}

function readCursor(
  parameters: ListParameters,
  filter: ProfileFilter,
  cursors: CursorCodec,
): KeysetPosition | undefined {
  const field = parameters.after === undefined ? "before" : "after";
  const text = parameters[field];
  if (text === undefined) return undefined;
  try {
    const position = cursors.decode(text, filter);
    if (position.direction === field) return position;
  } catch (error) {
    if (!(error instanceof CursorError)) throw error;
    throw new ProfileError("invalid-page", { faults: [{ field, reason: error.reason }], cause: error });
  }
  throw new ProfileError("invalid-page", {
    faults: [{ field, reason: "is a cursor of the other direction" }],
  });
}
