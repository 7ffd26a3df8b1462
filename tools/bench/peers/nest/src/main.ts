import "reflect-metadata";
import { ValidationPipe } from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import { FastifyAdapter, type NestFastifyApplication } from "@nestjs/platform-fastify";
import { randomUUID } from "node:crypto";
import { AppModule } from "./app.module";
import { InvalidInput, ProblemFilter } from "./problem.filter";

async function bootstrap(): Promise<void> {
  const adapter = new FastifyAdapter({ requestIdHeader: "x-request-id", genReqId: () => randomUUID() });
  const fastify = adapter.getInstance();
  fastify.removeContentTypeParser("text/plain");
  fastify.addContentTypeParser(
    "application/merge-patch+json",
    { parseAs: "string" },
    fastify.getDefaultJsonParser("error", "error"),
  );
  fastify.addHook("onRequest", (request, reply, done) => {
    reply.header("x-request-id", request.id);
    done();
  });
  const app = await NestFactory.create<NestFastifyApplication>(AppModule, adapter, { logger: ["error"] });
  app.useGlobalPipes(
    new ValidationPipe({
      whitelist: true,
      forbidNonWhitelisted: true,
      transform: true,
      validationError: { target: true },
      exceptionFactory: (errors) => new InvalidInput(errors),
    }),
  );
  app.useGlobalFilters(new ProblemFilter());
  app.enableShutdownHooks();
  await app.listen(Number(process.env["PORT"]), "127.0.0.1");
}

void bootstrap();
