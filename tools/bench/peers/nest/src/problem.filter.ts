import {
  type ArgumentsHost,
  Catch,
  type ExceptionFilter,
  HttpException,
  Logger,
  type ValidationError,
} from "@nestjs/common";
import type { FastifyReply } from "fastify";
import { STATUS_CODES } from "node:http";
import { ListQueryDto } from "./contact.dto";

/** Violations of a DTO: of the query, or of the body. */
export class InvalidInput extends HttpException {
  readonly invalidParams: readonly unknown[];

  constructor(errors: readonly ValidationError[]) {
    const inQuery = errors.some(({ target }) => target instanceof ListQueryDto);
    super("The request has validation errors", inQuery ? 400 : 422);
    this.invalidParams = errors.flatMap(({ property, constraints = {} }) =>
      Object.values(constraints).map((reason) => ({ name: property, in: inQuery ? "query" : "body", reason }))
    );
  }
}

/** Sends errors as problem details (RFC 9457). */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger(ProblemFilter.name);

  catch(error: unknown, host: ArgumentsHost): void {
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const status = statusOf(error);
    if (status === 500) this.logger.error(error);
    const detail = status === 500 || !(error instanceof Error) ? "Internal error" : error.message;
    const title = STATUS_CODES[status] ?? "Error";
    const invalidParams = error instanceof InvalidInput ? error.invalidParams : undefined;
    const body = { type: "about:blank", title, status, detail, requestId: reply.request.id, invalidParams };
    void reply.status(status).type("application/problem+json").send(JSON.stringify(body));
  }
}

/** Returns the status of an error of Nest or of Fastify. */
function statusOf(error: unknown): number {
  if (error instanceof HttpException) return error.getStatus();
  if (!(error instanceof Error && "statusCode" in error)) return 500;
  const { statusCode } = error;
  return typeof statusCode === "number" && statusCode < 500 ? statusCode : 500;
}
