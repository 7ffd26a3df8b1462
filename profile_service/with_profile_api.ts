import { routes, spec } from "@archway/api/profileapi/server.gen.ts";
import type { ServerOption } from "@archway/server/server_options.ts";
import { withApi } from "@archway/server/server_options.ts";
import type { ProfileAPI } from "./api.ts";
import { PROFILE_PROBLEM_TYPES, profileProblem } from "./error_handler.ts";

/** Mounts the Profile API: its routes, its document and its error table. */
export function withProfileApi(api: ProfileAPI): ServerOption {
  return withApi({
    name: "profile",
    routes: routes(api),
    document: spec,
    problemTypes: PROFILE_PROBLEM_TYPES,
    problemOf: profileProblem,
  });
}
