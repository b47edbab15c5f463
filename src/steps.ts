/** A computation that yields after each step of some milliseconds, so that its caller can do other work meanwhile. */
export type Steps<Result> = Generator<void, Result, undefined>;

/** The result of a computation, without other work meanwhile. */
export function resultOf<Result>(steps: Steps<Result>): Result {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}
