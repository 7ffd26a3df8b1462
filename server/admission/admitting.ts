import type { Exchange } from "../request/exchange.ts";
import type { Serve } from "../request_observer.ts";
import type { Admission } from "./admission.ts";

/** What orchestrators ask, and what tells operators why everything else is refused, is never refused. */
const exempt = new Set(["/livez", "/readyz", "/healthz"]);

/** Serves what is let in, and refuses the rest. */
export function admitting(
  serve: Serve,
  { admission, refuse }: { readonly admission: Admission; readonly refuse: (exchange: Exchange) => Response },
): Serve {
  async function serveAdmitted(exchange: Exchange): Promise<Response> {
    try {
      return await serve(exchange);
    } finally {
      admission.leave();
    }
  }

  return function admit(exchange): Promise<Response> {
    if (exempt.has(exchange.path)) return serve(exchange);
    if (admission.enter()) return serveAdmitted(exchange);
    return admission.wait().then((admitted) => admitted ? serveAdmitted(exchange) : refuse(exchange));
  };
}
