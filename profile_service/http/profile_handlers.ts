import type * as api from "@archway/api/profileapi/server.gen.ts";
import type { RequestContext } from "@archway/server/request_context.ts";
import { accessScopeOf, ownerOf, type ResourceKey } from "@archway/service_kit/access_scope.ts";
import type { ConsistencyTokens } from "@archway/service_kit/consistency_tokens.ts";
import { conditionOf, ResourceResponses } from "@archway/service_kit/resource_responses.ts";
import { type ListEndpointOptions, numberedListEndpoint } from "@archway/service_kit/list_endpoint.ts";
import type { TimeAnchor } from "@archway/service_kit/page.ts";
import type { PageCursors } from "@archway/service_kit/page_cursors.ts";
import type { ProfileService } from "../app.ts";
import type { Profile } from "../domain/profile.ts";
import type { ProfileFilter } from "../ports.ts";
import { patchProfile, profileInput, profileToJson } from "./profile_dto.ts";

/** Dependencies of the HTTP adapter, in addition to the use cases. */
export interface ProfileHandlersDependencies {
  readonly cursors: PageCursors;
  readonly tokens: ConsistencyTokens;
}

const scopeOf = accessScopeOf("profiles:admin");

/** Declares the list of profiles. */
export function profileList(
  profiles: ProfileService,
  { cursors, tokens }: ProfileHandlersDependencies,
): ListEndpointOptions<api.ListProfilesRequest, ProfileFilter, Profile, api.Profile, TimeAnchor> {
  return {
    name: "profiles, newest first",
    cursors,
    tokens,
    scopeOf,
    filter: ({ query: { name, email } }) => ({
      namePrefix: name?.normalize("NFC"),
      email: email?.normalize("NFC"),
    }),
    read: (request, options) => profiles.list(request, options),
    toJson: profileToJson,
    anchorOf: (profile) => profile,
    tagOf: (profile) => profile,
  };
}

/** Creates the HTTP adapter, which maps requests to use cases and their results to responses. */
export function profileHandlers(
  profiles: ProfileService,
  dependencies: ProfileHandlersDependencies,
): api.StrictServerInterface {
  const { tokens } = dependencies;
  const responses = new ResourceResponses({
    tokens,
    toJson: profileToJson,
    versionOf: ({ version }) => version,
    pathOf: ({ id }) => `/v1/profiles/${id}`,
  });
  return {
    listProfiles: numberedListEndpoint(profileList(profiles, dependencies)),
    createProfile: async ({ body }, context) => {
      const options = { owner: ownerOf(context), signal: context.signal };
      return await responses.created(await profiles.create(profileInput(body), options), context);
    },
    getProfile: async ({ path, headers }, context) => {
      const options = tokens.readOptions(headers, context);
      return responses.found(await profiles.get(keyOf(path, context), options), context);
    },
    replaceProfile: async ({ path, headers, body }, context) => {
      const options = { condition: conditionOf(headers), signal: context.signal };
      const profile = await profiles.replace(keyOf(path, context), profileInput(body), options);
      return await responses.written(profile, context);
    },
    patchProfile: async ({ path, headers, ...patch }, context) => {
      const options = { condition: conditionOf(headers), signal: context.signal };
      const profile = await profiles.modify(
        keyOf(path, context),
        (current) => profileInput(patchProfile({ ...profileToJson(current) }, patch)),
        options,
      );
      return await responses.written(profile, context);
    },
    deleteProfile: async ({ path, headers }, context) => {
      const options = { condition: conditionOf(headers), signal: context.signal };
      await profiles.delete(keyOf(path, context), options);
      return await responses.deleted(context);
    },
  };
}

function keyOf({ id }: { readonly id: string }, context: RequestContext): ResourceKey {
  return { id, scope: scopeOf(context) };
}
