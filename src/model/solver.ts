/** What turns an objective and its gradient into the next parameters. */
export interface Solver {
  /**
   * Moves the parameters from where the objective and its gradient were last evaluated.
   *
   * @param loss the objective there
   * @param rate the learning rate of the epoch
   * @returns how long the step was, and the objective after it where the solver has evaluated it there, leaving its gradient;
   * undefined, with the parameters as they were, where no step lowers the objective any more in float32
   */
  step(loss: number, rate: number): Step | undefined | Promise<Step | undefined>;
  /** What it has gathered, for another that goes on from here; copies. */
  memory(): Gathered;
}

/** A step that was taken. */
export interface Step {
  /** The multiple of its direction: the learning rate, or what a line search found. */
  readonly rate: number;
  readonly loss?: number;
}

/** Evaluates the objective at the parameters, and leaves its gradient in the workspace. */
export type Evaluate = () => Promise<number>;

/** What a solver has gathered. */
export interface Gathered {
  /** Each has a number for every parameter. */
  readonly vectors: readonly Float64Array[];
  readonly numbers: readonly number[];
}

/** The same in plain numbers, which JSON gives back as they were. */
export interface Memory {
  readonly vectors: readonly (readonly number[])[];
  readonly numbers: readonly number[];
}
