/** What turns an objective and its gradient into the next parameters. */
export interface Solver {
  /**
   * Moves the parameters from where objective and gradient were taken last.
   *
   * @param loss the objective there
   * @param rate the learning rate of the epoch
   * @returns how long the step was, and the objective behind it where the solver has taken it there, with its gradient;
   * undefined, and the parameters as they were, where none lowers the objective in float32 any more
   */
  step(loss: number, rate: number): Step | undefined | Promise<Step | undefined>;
  /** What it has gathered, for another that goes on from here; copies. */
  memory(): Gathered;
}

/** A step that was taken. */
export interface Step {
  /** Of its direction: the learning rate, or what a line search found. */
  readonly rate: number;
  readonly loss?: number;
}

/** Takes the objective at the parameters, and leaves its gradient in the workspace. */
export type Evaluate = () => Promise<number>;

/** What a solver has gathered. */
export interface Gathered {
  /** A number for each parameter in each. */
  readonly vectors: readonly Float64Array[];
  readonly numbers: readonly number[];
}

/** The same in plain numbers, which JSON gives back as they were. */
export interface Memory {
  readonly vectors: readonly (readonly number[])[];
  readonly numbers: readonly number[];
}
