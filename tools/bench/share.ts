/** Which of how many connections a source is for. */
export interface Share {
  readonly connection: number;
  readonly connections: number;
}
