import type * as api from "@archway/api/profileapi/server.gen.ts";
import type { ConsistencyTokens } from "@archway/service_kit/consistency/consistency_tokens.ts";
import { CONSISTENCY_TOKEN, readAfter } from "@archway/service_kit/consistency/read_after.ts";
import type { QueryOptions, ReaderOptions } from "@archway/db/db.ts";
import { formatVersion, versionCondition } from "@archway/service_kit/paging/entity_version.ts";
import { PageLinks } from "@archway/service_kit/paging/page_links.ts";
import { PageTags } from "@archway/service_kit/paging/page_tags.ts";
import { parseIfMatch } from "@archway/server/entity_tag.ts";
import type { RequestContext } from "@archway/server/request_context.ts";
import type { ProfileService } from "./app.ts";
import type { CursorCodec } from "./cursor.ts";
import { listParameters, parsePageRequest } from "./page_request.ts";
import { cursorPageResponse, offsetPageResponse } from "./page_response.ts";
import type { Profile } from "./profile.ts";
import { jsonPatchedDraft, mergePatchedDraft } from "./profile_patch.ts";
import { viewerOf } from "./viewer_of.ts";
import { draftOfWire, wireProfile } from "./wire_profile.ts";

/** What the adapter works with besides the use cases. */
export interface ProfileAPIOptions {
  readonly cursors: CursorCodec;
  readonly tokens: ConsistencyTokens;
}

/** The HTTP adapter: turns requests into use cases and what they give into answers. */
export class ProfileAPI implements api.StrictServerInterface {
  readonly #profiles: ProfileService;
  readonly #cursors: CursorCodec;
  readonly #tokens: ConsistencyTokens;
  readonly #tags = new PageTags();

  constructor(profiles: ProfileService, { cursors, tokens }: ProfileAPIOptions) {
    this.#profiles = profiles;
    this.#cursors = cursors;
    this.#tokens = tokens;
  }

  async listProfiles(
    { query, headers }: api.ListProfilesRequest,
    context: RequestContext,
  ): Promise<api.ListProfilesResponse> {
    const request = parsePageRequest(query, { cursors: this.#cursors, viewer: viewerOf(context) });
    const links = new PageLinks(context.url, listParameters(query));
    const page = { requestId: context.requestId, links, tags: this.#tags };
    const options = this.#readOptions(headers, context);
    if (request.mode === "offset") {
      const found = await this.#profiles.listByOffset(request.query, options);
      return offsetPageResponse(found, request.query, page);
    }
    const found = await this.#profiles.listByKey(request.query, options);
    return cursorPageResponse(found, request.query, { ...page, cursors: this.#cursors });
  }

  async createProfile(
    { body }: api.CreateProfileRequest,
    context: RequestContext,
  ): Promise<api.CreateProfileResponse> {
    const profile = await this.#profiles.create(draftOfWire(body), {
      owner: context.principal?.subject ?? null,
      signal: context.signal,
    });
    const { headers, body: answer } = await this.#changedProfile(profile, context);
    return { status: 201, headers: { ...headers, Location: `/v1/profiles/${profile.id}` }, body: answer };
  }

  async getProfile(
    { path, headers }: api.GetProfileRequest,
    context: RequestContext,
  ): Promise<api.GetProfileResponse> {
    const key = { id: path.id, viewer: viewerOf(context) };
    return oneProfile(await this.#profiles.get(key, this.#readOptions(headers, context)), context);
  }

  async replaceProfile(
    { path, headers, body }: api.ReplaceProfileRequest,
    context: RequestContext,
  ): Promise<api.ReplaceProfileResponse> {
    const condition = versionCondition(parseIfMatch(headers["If-Match"]));
    const key = { id: path.id, viewer: viewerOf(context) };
    const profile = await this.#profiles.replace(key, draftOfWire(body), {
      condition,
      signal: context.signal,
    });
    return await this.#changedProfile(profile, context);
  }

  async patchProfile(
    request: api.PatchProfileRequest,
    context: RequestContext,
  ): Promise<api.PatchProfileResponse> {
    const condition = versionCondition(parseIfMatch(request.headers["If-Match"]));
    const key = { id: request.path.id, viewer: viewerOf(context) };
    const profile = await this.#profiles.modify(key, (current) => {
      return request.contentType === "application/json-patch+json"
        ? jsonPatchedDraft(current, request.body)
        : mergePatchedDraft(current, request.body);
    }, { condition, signal: context.signal });
    return await this.#changedProfile(profile, context);
  }

  async deleteProfile(
    { path, headers }: api.DeleteProfileRequest,
    context: RequestContext,
  ): Promise<api.DeleteProfileResponse> {
    const condition = versionCondition(parseIfMatch(headers["If-Match"]));
    const key = { id: path.id, viewer: viewerOf(context) };
    await this.#profiles.delete(key, { condition, signal: context.signal });
    return { status: 204, headers: await this.#tokenHeader(context) };
  }

  #readOptions(
    headers: api.GetProfileRequest["headers"],
    context: RequestContext,
  ): QueryOptions & ReaderOptions {
    const after = readAfter(headers, this.#tokens);
    return after === undefined ? context : { signal: context.signal, after };
  }

  async #changedProfile(profile: Profile, context: RequestContext): Promise<OneChangedProfile> {
    const { status, headers, body } = oneProfile(profile, context);
    return { status, headers: { ...headers, ...await this.#tokenHeader(context) }, body };
  }

  /** For what has been written by now. */
  async #tokenHeader(context: RequestContext): Promise<TokenHeader> {
    const token = await this.#tokens.issue(context);
    return token === undefined ? {} : { [CONSISTENCY_TOKEN]: token };
  }
}

type TokenHeader = { readonly [CONSISTENCY_TOKEN]?: string };

interface OneProfile {
  readonly status: 200;
  readonly headers: { readonly ETag: string };
  readonly body: api.SuccessProfile;
}

type OneChangedProfile = OneProfile & { readonly headers: TokenHeader };

function oneProfile(profile: Profile, { requestId }: RequestContext): OneProfile {
  return {
    status: 200,
    headers: { ETag: formatVersion(profile.version) },
    body: { data: wireProfile(profile), meta: { requestId } },
  };
}
