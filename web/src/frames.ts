/** What a model had learnt after an epoch of its training. */
export interface Frame {
  /** Number of finished epochs; 0 before the first step. */
  readonly epoch: number;
  /** d × k, row-major. */
  readonly weights: Float32Array<ArrayBuffer>;
  readonly bias: Float32Array<ArrayBuffer>;
  /** Share of the held-out rows predicted correctly; null if it was not measured. */
  readonly accuracy: number | null;
}

/** Bytes that the frames of a training may take. */
const MAX_BYTES = 32 * 2 ** 20;

/** Frames from one epoch to the one with twice its number. So the first 127 epochs are kept, then every second, fourth … */
const DENSITY = 64;

/**
 * The frames of a training, for those who want to look back at it: the first and the last, and as many between them as fit.
 * The longer the training, the further they are apart, for it learns less and less; a frame is kept by its epoch alone.
 */
export class Frames {
  #all: Frame[];
  #density = DENSITY;
  readonly #most: number;

  /**
   * Starts with the frame of zero weights.
   *
   * @param weights number of weights
   * @param classes number of classes
   */
  constructor(weights: number, classes: number, maxBytes = MAX_BYTES) {
    const bytes = Float32Array.BYTES_PER_ELEMENT * (weights + classes);
    this.#most = Math.max(2, Math.floor(maxBytes / bytes));
    this.#all = [
      { epoch: 0, weights: new Float32Array(weights), bias: new Float32Array(classes), accuracy: null },
    ];
  }

  /** In the order of their epochs. */
  get all(): readonly Frame[] {
    return this.#all;
  }

  /** Whether the frame of an epoch is one to keep. */
  isDue(epoch: number): boolean {
    if (epoch === 0) return true;
    const stride = 2 ** Math.floor(Math.log2(Math.max(1, epoch / this.#density)));
    return epoch % stride === 0;
  }

  /** Adds the last frame so far. Leaves out others if they no longer fit. */
  add(frame: Frame): void {
    if (this.#all[this.#all.length - 1].epoch === frame.epoch) return;
    this.#all.push(frame);
    while (this.#all.length > this.#most) {
      this.#density /= 2;
      this.#all = this.#all.filter((kept) => kept === frame || this.isDue(kept.epoch));
    }
  }

  /** The frame of an epoch, or else of the last one before it that was kept. */
  at(epoch: number): Frame {
    return this.#all.findLast((frame) => frame.epoch <= epoch) ?? this.#all[0];
  }
}
