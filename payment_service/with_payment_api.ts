import { routes, spec, type StrictServerInterface } from "@archway/api/paymentapi/server.gen.ts";
import { type ServerOption, withApi } from "@archway/server/server_options.ts";
import { PAYMENT_PROBLEM_TYPES, paymentProblem } from "./error_handler.ts";

/** Mounts the Payment API: its routes, its document and its error table. */
export function withPaymentApi(api: StrictServerInterface): ServerOption {
  return withApi({
    name: "payment",
    routes: routes(api),
    document: spec,
    problemTypes: PAYMENT_PROBLEM_TYPES,
    problemOf: paymentProblem,
  });
}
