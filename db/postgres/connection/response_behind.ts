import type { DriverSession } from "./driver_session.ts";
import type { SentStatements } from "./sent_statements.ts";

/** Statement without parameters that is sent directly behind another one. The calls must not throw. */
export interface StatementBehind<R extends object = object> {
  readonly text: string;
  onResult(rows: readonly R[]): void;
  /** Called if it fails, was not sent, or its response is overdue. */
  onError(): void;
}

/** Awaited response to a {@link StatementBehind}. */
export class ResponseBehind {
  readonly #behind: StatementBehind;
  isOver = false;
  /** Delivers the result of the statement before it. */
  held: () => void = ignore;

  constructor(behind: StatementBehind) {
    this.#behind = behind;
  }

  /** Sends the statement behind the last one. */
  send(driver: DriverSession, statements: SentStatements): void {
    const sent = statements.push({ isQuick: true });
    sent.pending = driver.query(this.#behind.text, [], {
      onResult: ({ rows }) => {
        statements.settle(sent);
        this.end(rows);
      },
      onError: () => {
        statements.settle(sent);
        this.giveUp();
      },
    });
  }

  end(rows: readonly object[]): void {
    if (this.isOver) return;
    this.isOver = true;
    this.#behind.onResult(rows);
    this.held();
  }

  giveUp(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.#behind.onError();
    this.held();
  }
}

function ignore(): void {}
