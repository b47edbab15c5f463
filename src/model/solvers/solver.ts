/** Moves the parameters by the gradient of an objective. */
export interface Solver {
  /**
   * Takes a step from the parameters at which the objective and its gradient were last evaluated.
   *
   * @param loss the objective there
   * @param rate the learning rate of the epoch
   * @returns the length of the step, and the objective after it if the solver has evaluated it, in which case the
   * workspace has its gradient. Undefined, with the parameters unchanged, if no step lowers the objective in float32
   */
  step(loss: number, rate: number): Step | undefined | Promise<Step | undefined>;
  /** A copy of the solver's state, from which another solver of its kind can continue. */
  memory(): Gathered;
}

/** A step that was taken. */
export interface Step {
  /** Length as a multiple of the direction: the learning rate, or the result of a line search. */
  readonly rate: number;
  /** The objective after the step, if it has been evaluated. */
  readonly loss?: number;
}

/** Returns the objective at the current parameters, and leaves its gradient in the workspace. */
export type Evaluate = () => Promise<number>;

/** The state of a solver. */
export interface Gathered {
  /** Vectors with a number per parameter. */
  readonly vectors: readonly Float64Array[];
  readonly numbers: readonly number[];
}

/** The state of a solver as plain numbers, which survive JSON unchanged. */
export interface Memory {
  readonly vectors: readonly (readonly number[])[];
  readonly numbers: readonly number[];
}
