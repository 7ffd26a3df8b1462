import type * as api from "../api/profileapi/server.gen.ts";
import { parseIfMatch } from "../server/entity_tag.ts";
import type { RequestContext } from "../server/request_context.ts";
import type { ProfileService } from "./app.ts";
import type { CursorCodec } from "./cursor.ts";
import { formatVersion, versionCondition } from "./entity_version.ts";
import { PageLinks } from "./page_links.ts";
import { parsePageRequest } from "./page_request.ts";
import { cursorPageResponse, offsetPageResponse } from "./page_response.ts";
import type { Profile } from "./profile.ts";
import { jsonPatchedDraft, mergePatchedDraft } from "./profile_patch.ts";
import { draftOfWire, wireProfile } from "./wire_profile.ts";

/** The HTTP adapter: turns requests into use cases and what they give into answers. */
export class ProfileAPI implements api.StrictServerInterface {
  constructor(
    private readonly profiles: ProfileService,
    private readonly cursors: CursorCodec,
  ) {}

  async listProfiles(
    { query }: api.ListProfilesRequest,
    context: RequestContext,
  ): Promise<api.ListProfilesResponse> {
    const request = parsePageRequest(query, this.cursors);
    const { requestId } = context;
    const links = new PageLinks(context.url, query);
    if (request.mode === "offset") {
      const page = await this.profiles.listByOffset(request.query, context);
      return offsetPageResponse(page, request.query, { requestId, links });
    }
    const page = await this.profiles.listByKey(request.query, context);
    return cursorPageResponse(page, request.query, { requestId, links, cursors: this.cursors });
  }

  async createProfile(
    { body }: api.CreateProfileRequest,
    context: RequestContext,
  ): Promise<api.CreateProfileResponse> {
    const profile = await this.profiles.create(draftOfWire(body), context);
    const { headers, body: answer } = oneProfile(profile, context);
    return { status: 201, headers: { ...headers, Location: `/v1/profiles/${profile.id}` }, body: answer };
  }

  async getProfile(
    { path }: api.GetProfileRequest,
    context: RequestContext,
  ): Promise<api.GetProfileResponse> {
    return oneProfile(await this.profiles.get(path.id, context), context);
  }

  async replaceProfile(
    { path, headers, body }: api.ReplaceProfileRequest,
    context: RequestContext,
  ): Promise<api.ReplaceProfileResponse> {
    const condition = versionCondition(parseIfMatch(headers["If-Match"]));
    const profile = await this.profiles.replace(path.id, draftOfWire(body), {
      condition,
      signal: context.signal,
    });
    return oneProfile(profile, context);
  }

  async patchProfile(
    request: api.PatchProfileRequest,
    context: RequestContext,
  ): Promise<api.PatchProfileResponse> {
    const condition = versionCondition(parseIfMatch(request.headers["If-Match"]));
    const profile = await this.profiles.modify(request.path.id, (current) => {
      return request.contentType === "application/json-patch+json"
        ? jsonPatchedDraft(current, request.body)
        : mergePatchedDraft(current, request.body);
    }, { condition, signal: context.signal });
    return oneProfile(profile, context);
  }

  async deleteProfile(
    { path, headers }: api.DeleteProfileRequest,
    context: RequestContext,
  ): Promise<api.DeleteProfileResponse> {
    const condition = versionCondition(parseIfMatch(headers["If-Match"]));
    await this.profiles.delete(path.id, { condition, signal: context.signal });
    return { status: 204, headers: {} };
  }
}

function oneProfile(profile: Profile, { requestId }: RequestContext): {
  readonly status: 200;
  readonly headers: { readonly ETag: string };
  readonly body: api.SuccessProfile;
} {
  return {
    status: 200,
    headers: { ETag: formatVersion(profile.version) },
    body: { data: wireProfile(profile), meta: { requestId } },
  };
}
