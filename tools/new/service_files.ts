import type { NewService } from "./new_service.ts";
import { accessTestText } from "./templates/access_test_text.ts";
import { apiTestText } from "./templates/api_test_text.ts";
import { documentText } from "./templates/document.ts";
import { domainText } from "./templates/domain.ts";
import { domainTestText } from "./templates/domain_test_text.ts";
import { dtoText, handlersText, problemsText } from "./templates/http.ts";
import { generatorSettingsText, moduleText } from "./templates/module.ts";
import { parentFiles } from "./templates/parent.ts";
import { migrationText, repositoryText } from "./templates/persistence.ts";
import { conformanceText, databasesText, schemathesisText, serverText } from "./templates/testing.ts";
import { portsText, useCasesText } from "./templates/use_cases.ts";

/** Returns the files of a service by path, before formatting. */
export function serviceFiles(service: NewService): ReadonlyMap<string, string> {
  const { plural, singular: { snake }, folder } = service.names;
  return new Map([
    [`oapi/${plural.kebab}-api-spec.yaml`, documentText(service)],
    [`oapi/cfg.server.${plural.snake}.yaml`, generatorSettingsText(service)],
    [`${folder}/module.ts`, moduleText(service)],
    [`${folder}/domain/${snake}.ts`, domainText(service)],
    [`${folder}/domain/${snake}_test.ts`, domainTestText(service)],
    [`${folder}/ports.ts`, portsText(service)],
    [`${folder}/app.ts`, useCasesText(service)],
    [`${folder}/http/${snake}_dto.ts`, dtoText(service)],
    [`${folder}/http/${snake}_handlers.ts`, handlersText(service)],
    [`${folder}/http/${snake}_problems.ts`, problemsText(service)],
    [`${folder}/persistence/${snake}_repository.ts`, repositoryText(service)],
    [`${folder}/migrations/${service.version}_create_${plural.snake}.sql`, migrationText(service)],
    [`${folder}/service_test.ts`, apiTestText(service)],
    [`${folder}/access_test.ts`, accessTestText(service)],
    [`${folder}/testing/${snake}_databases.ts`, databasesText(service)],
    [`${folder}/testing/${snake}_server.ts`, serverText(service)],
    [`${folder}/testing/conformance.ts`, conformanceText(service)],
    [`${folder}/testing/schemathesis.ts`, schemathesisText(service)],
    ...parentFiles(service),
  ]);
}
