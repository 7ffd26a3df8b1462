import { dataEndpoints } from "./data_api.ts";
import { faultEndpoints } from "./faults_api.ts";
import { metricEndpoints } from "./metrics_api.ts";
import { requestEndpoints } from "./requests_api.ts";
import type { ViewEndpoint } from "./view_endpoint.ts";

/** Endpoints of all views. */
export const ENDPOINTS: readonly ViewEndpoint[] = [
  ...requestEndpoints,
  ...metricEndpoints,
  ...faultEndpoints,
  ...dataEndpoints,
];
