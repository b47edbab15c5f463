import type { Trainer } from '../../core/core.js';
import { areFinite, type Convergence } from '../model.js';
import type { SolverMemory } from '../solvers/solver.js';
import { type Best, DivergenceError, type TrainingState } from './state.js';

/** The result of a training so far. */
export interface Learnt extends Pick<Trainer, 'weights' | 'bias'> {
  /** Copies the state of a solver that has one: many times the weights, so only if it is asked for. */
  memory(): SolverMemory | undefined;
  /** Present if rows are held out for validation. */
  readonly best?: Best;
  /** Present in the last tenth of a training that takes all its epochs. */
  readonly before?: NonNullable<TrainingState['before']>;
}

/** What a training has learnt up to its last finished epoch, for the state of that epoch. */
export class Learning {
  #epoch = 0;
  #current: () => Learnt;
  #held: Learnt | undefined;

  /** @param current what has been learnt at the time of the call: its weights and bias change with every step */
  constructor(current: () => Learnt) {
    this.#current = current;
  }

  /** Keeps a copy of the last finished epoch while the next one takes several steps, since it may be interrupted. */
  hold(): void {
    this.#held = copyLearnt(this.#current());
  }

  /** An epoch has taken all its steps. */
  advance(epoch: number): void {
    this.#epoch = epoch;
    this.#held = undefined;
  }

  /** The `state` of an epoch. It is made here so that it refers to nothing else of the training, such as the table. */
  stateAfter(epoch: number, converged: Convergence | undefined): () => TrainingState {
    return () => ({ ...copyState(epoch, this.#learntAfter(epoch)), ...(converged && { converged }) });
  }

  /** The `parameters` of an epoch. */
  parametersAfter(epoch: number): () => Pick<Best, 'weights' | 'bias'> {
    return () => {
      const { weights, bias } = this.#learntAfter(epoch);
      checkFinite(epoch, { weights, bias });
      return { weights: weights.slice(), bias: bias.slice() };
    };
  }

  #learntAfter(epoch: number): Learnt {
    if (epoch === this.#epoch) return this.#held ?? this.#current();
    throw new RangeError(`the state of epoch ${epoch} is gone: training has reached epoch ${this.#epoch}`);
  }

  /** Keeps only a copy from now on: otherwise an epoch that a caller keeps would keep the whole table in memory. */
  end(): void {
    const last = this.#held ?? copyLearnt(this.#current());
    this.#current = () => last;
  }
}

function copyLearnt(learnt: Learnt): Learnt {
  const { weights, bias } = learnt;
  const memory = learnt.memory();
  return { ...learnt, weights: weights.slice(), bias: bias.slice(), memory: () => memory };
}

/** @throws DivergenceError if the weights are no longer finite */
function copyState(epoch: number, { weights, bias, memory: recall, best, before }: Learnt): TrainingState {
  checkFinite(epoch, { weights, bias });
  const memory = recall();
  return {
    epoch,
    weights: [...weights],
    bias: [...bias],
    ...(memory && {
      memory: { vectors: memory.vectors.map((vector) => [...vector]), numbers: [...memory.numbers] },
    }),
    ...(best && { best: { ...best, weights: [...best.weights], bias: [...best.bias] } }),
    ...(before && { before: { ...before } }),
  };
}

/** @throws DivergenceError if a number is not finite */
function checkFinite(epoch: number, { weights, bias }: Pick<Learnt, 'weights' | 'bias'>): void {
  if (!(areFinite(weights) && areFinite(bias))) throw new DivergenceError(epoch);
}
