import type { SettingsReader } from "@archway/service_kit/setting.ts";
import { choiceSetting, textSetting } from "@archway/service_kit/setting_types.ts";

/** Form in which responses are passed to AWS Lambda: whole, or as a stream. */
export type LambdaResponseMode = "buffered" | "streaming";

/** Settings of the command `lambda`. */
export interface LambdaConfig {
  readonly responseMode: LambdaResponseMode;
}

export const RUNTIME_API = textSetting("AWS_LAMBDA_RUNTIME_API", {
  type: "host:port",
  example: "127.0.0.1:9001",
  description: "Address of the Runtime API, which AWS Lambda sets for the command `lambda`.",
});
const RESPONSE_MODE = choiceSetting<LambdaResponseMode>("LAMBDA_RESPONSE_MODE", ["buffered", "streaming"], {
  default: "buffered",
  description:
    "Form of the responses to a function URL by the command `lambda`: streaming needs the invoke mode RESPONSE_STREAM of " +
    "the URL, buffered the mode BUFFERED.",
});

export const LAMBDA_SETTINGS = [RUNTIME_API, RESPONSE_MODE];

/** Reads the settings of the command `lambda`. */
export function readLambdaConfig(reader: SettingsReader): LambdaConfig {
  // Read by the command before the rest, to report errors of the configuration.
  reader.read(RUNTIME_API);
  return { responseMode: reader.read(RESPONSE_MODE) };
}
