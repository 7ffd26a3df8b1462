/** What a person who just started the program wants to know. */
export interface WelcomeOptions {
  readonly url: string;
  readonly database: string;
}

/** The text that greets a developer: where the service is, what keeps its data, and what to try next. */
export function welcome({ url, database }: WelcomeOptions): string {
  return `
  Archway is listening on ${url}
  Database: ${database}

  Try it:
    curl -i ${url}/v1/profiles -H 'Content-Type: application/json' -d '{"name":"Ada Lovelace"}'
    curl -s ${url}/v1/profiles
  The documents: ${url}/openapi/profile.json, ${url}/openapi/payment.json

`;
}
