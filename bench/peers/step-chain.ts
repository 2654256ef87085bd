/** Something that runs durable steps, each begun when the one before it is durable. */
export interface StepChain {
  /** Runs a chain of `steps` and answers how many milliseconds it took. */
  run(steps: number): Promise<number>;
  close(): Promise<void> | void;
}
