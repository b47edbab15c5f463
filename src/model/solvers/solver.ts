import type { Workspace } from '../../core/core.js';

/** A kind of solver, which turns gradients into steps: what it needs, and how one is created. */
export interface SolverKind {
  /** Its name for people. */
  readonly title: string;
  /** How it steps along the gradient g, for the help. */
  readonly formula: string;
  /** Default number of epochs: many for a solver with a tolerance, which ends once it has converged. */
  readonly epochs: number;
  /** Default learning rate; recorded, but not used, where the solver finds the length of its steps itself. */
  readonly learningRate: number;
  /** Set if it determines the length of its steps itself, and so ignores learning rate and schedule. */
  readonly findsStepLength?: true;
  /** Set if it needs the gradient of all rows, and so can't take batches. */
  readonly needsAllRows?: true;
  /** Set if it keeps a velocity, as the option `momentum` says. */
  readonly keepsVelocity?: true;
  /** Default tolerance for a penalty; without one, all epochs are taken unless a tolerance is given. */
  readonly tolerance?: { of(l2: number): number; readonly inWords: string };
  /** Number of vectors of work space. */
  readonly vectors: number;
  /** Numbers of vectors and of single numbers in the state of such a solver, and their description in errors. */
  readonly memories: { readonly expected: string; fits(vectors: number, numbers: number): boolean };
  /** @param memory state of another solver of this kind; undefined at the start of a training */
  create(
    workspace: Workspace,
    evaluate: EvaluateObjective,
    memory: SavedMemory | undefined,
    options: SolverOptions,
  ): Solver;
}

/** The options that a solver obeys itself. */
export interface SolverOptions {
  readonly momentum?: number | undefined;
  readonly l2?: number | undefined;
}

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
  memory(): SolverMemory;
}

/** A step that was taken. */
export interface Step {
  /** Length as a multiple of the direction: the learning rate, or the result of a line search. */
  readonly rate: number;
  /** The objective after the step, if it has been evaluated. */
  readonly loss?: number;
}

/** Returns the objective at the current parameters, and leaves its gradient in the workspace. */
export type EvaluateObjective = () => Promise<number>;

/** The state of a solver. */
export interface SolverMemory {
  /** Vectors with a number per parameter. */
  readonly vectors: readonly Float64Array[];
  readonly numbers: readonly number[];
}

/** The state of a solver as plain numbers, which JSON keeps exactly. */
export interface SavedMemory {
  readonly vectors: readonly (readonly number[])[];
  readonly numbers: readonly number[];
}
