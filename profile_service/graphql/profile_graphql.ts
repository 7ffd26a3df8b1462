import { spec } from "@archway/api/profileapi/server.gen.ts";
import { batchById, type GraphqlBatches, type GraphqlFace } from "@archway/service_kit/graphql_face.ts";
import type { ProfileService } from "../app.ts";
import { type ProfileHandlersDependencies, profileList } from "../http/profile_handlers.ts";

/** GraphQL fields of the service, for the operations of its OpenAPI document. */
export const PROFILE_GRAPHQL: GraphqlFace = {
  document: spec,
  queries: { profile: "getProfile", profiles: "listProfiles" },
  mutations: {
    createProfile: "createProfile",
    replaceProfile: "replaceProfile",
    updateProfile: "patchProfile",
    deleteProfile: "deleteProfile",
  },
  descriptions: {
    listProfiles: "A profile that exists throughout an iteration is returned exactly once.",
    replaceProfile: "Clears the properties that the input omits.",
    patchProfile: "Changes the properties of the input; null clears one.",
  },
};

/** Returns the reads of many profiles at once. */
export function profileBatches(
  profiles: ProfileService,
  dependencies: ProfileHandlersDependencies,
): GraphqlBatches {
  const list = profileList(profiles, dependencies);
  return {
    byId: {
      Profile: batchById(list, (ids, { scope, ...options }) => profiles.getMany({ ids, scope }, options)),
    },
  };
}
