import type { Picture } from 'digit-classifier/pictures';
import { colourOf, onLook } from './page.js';
import type { Point, Strokes } from './strokes.js';

/** Pixels along a side of the picture that is read. */
const SIDE = 256;
/** Width of the pen as a share of the side, similar to the pens that the digits of the data set were written with. */
const PEN = 0.1;
/** How far a key moves the pen. */
const KEY_STEP = 0.04;

/** Where keys move the pen; two of them at the same time move it diagonally. */
const steps: Readonly<Record<string, Point>> = {
  ArrowLeft: { x: -KEY_STEP, y: 0 },
  ArrowRight: { x: KEY_STEP, y: 0 },
  ArrowUp: { x: 0, y: -KEY_STEP },
  ArrowDown: { x: 0, y: KEY_STEP },
};

/** A canvas to draw strokes on with mouse, finger, pen or keys, which become a picture. */
export class Pad {
  readonly #canvas: HTMLCanvasElement;
  readonly #onChange: () => void;
  #strokes: Point[][] = [];
  /** What is shown below the strokes, of which it is no part. */
  #picture: CanvasImageSource | undefined;
  #drawing: number | undefined;
  /** Position of the pen that keys move; undefined until one has moved it. */
  #pen: Point | undefined;
  #isDown = false;
  /** The arrow keys that are held. */
  readonly #held = new Set<string>();
  /** The animation frame in which `onChange` will be called. */
  #frame = 0;

  /** @param onChange called after a change of the strokes, at most once per animation frame */
  constructor(canvas: HTMLCanvasElement, onChange: () => void) {
    this.#canvas = canvas;
    this.#onChange = onChange;
    canvas.addEventListener('pointerdown', (event) => this.#touch(event));
    canvas.addEventListener('pointermove', (event) => this.#move(event));
    for (const end of ['pointerup', 'pointercancel'] as const) {
      canvas.addEventListener(end, ({ pointerId }) => {
        if (pointerId === this.#drawing) this.#drawing = undefined;
      });
    }
    canvas.addEventListener('keydown', (event) => this.#press(event));
    canvas.addEventListener('keyup', ({ key }) => this.#held.delete(key));
    canvas.addEventListener('blur', () => {
      this.#held.clear();
      this.#pen = undefined;
      this.#isDown = false;
      this.#show();
    });
    onLook(() => this.#show());
    this.#show();
  }

  get isEmpty(): boolean {
    return this.#strokes.length === 0;
  }

  get strokes(): Strokes {
    return this.#strokes;
  }

  /**
   * Replaces all that is on the pad, without calling `onChange`, not even for earlier changes.
   *
   * @param picture shown in place of strokes; it fills the pad
   */
  put(strokes: Strokes, picture?: CanvasImageSource): void {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    this.#strokes = strokes.map((stroke) => [...stroke]);
    this.#picture = picture;
    this.#isDown = false;
    this.#show();
  }

  /** Removes all that is on the pad, as `put` does. */
  clear(): void {
    this.put([]);
  }

  /** Removes the last stroke. */
  undo(): void {
    if (this.isEmpty) return;
    this.#strokes.pop();
    this.#isDown = false;
    this.#change();
  }

  /** The strokes in black on white. */
  picture(): Picture {
    const context = new OffscreenCanvas(SIDE, SIDE).getContext('2d');
    if (!context) throw new Error('this browser has no canvas to draw on');
    context.fillStyle = 'white';
    context.fillRect(0, 0, SIDE, SIDE);
    draw(context, this.#strokes, 'black', SIDE);
    return { width: SIDE, height: SIDE, pixels: context.getImageData(0, 0, SIDE, SIDE).data };
  }

  #touch(event: PointerEvent): void {
    if (event.button !== 0 || this.#drawing !== undefined) return;
    this.#drawing = event.pointerId;
    this.#canvas.setPointerCapture(event.pointerId);
    this.#begin([this.#placeOf(event)]);
    this.#change();
  }

  /** A stroke takes the place of a picture. */
  #begin(stroke: Point[]): void {
    this.#picture = undefined;
    this.#strokes.push(stroke);
  }

  #move(event: PointerEvent): void {
    if (event.pointerId !== this.#drawing) return;
    const passed = event.getCoalescedEvents();
    const places = (passed.length > 0 ? passed : [event]).map((one) => this.#placeOf(one));
    this.#strokes[this.#strokes.length - 1]?.push(...places);
    this.#change();
  }

  #press(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key in steps) {
      this.#held.add(event.key);
      let { x, y } = this.#pen ?? { x: 0.5, y: 0.5 };
      for (const key of this.#held) {
        x += steps[key].x;
        y += steps[key].y;
      }
      this.#pen = { x: within(x), y: within(y) };
      if (this.#isDown) this.#strokes[this.#strokes.length - 1]?.push(this.#pen);
    } else if (event.key === ' ') {
      this.#pen ??= { x: 0.5, y: 0.5 };
      this.#isDown = !this.#isDown;
      if (this.#isDown) this.#begin([this.#pen]);
    } else if (event.key === 'Backspace') {
      this.undo();
      return;
    } else {
      return;
    }
    event.preventDefault();
    this.#change();
  }

  #placeOf({ clientX, clientY }: PointerEvent): Point {
    const { left, top, width, height } = this.#canvas.getBoundingClientRect();
    return { x: (clientX - left) / width, y: (clientY - top) / height };
  }

  #change(): void {
    this.#show();
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      this.#onChange();
    });
  }

  #show(): void {
    const context = this.#canvas.getContext('2d');
    if (!context) return;
    this.#canvas.toggleAttribute('data-empty', this.isEmpty && this.#picture === undefined);
    const { width } = this.#canvas;
    context.clearRect(0, 0, width, width);
    context.imageSmoothingEnabled = false;
    if (this.#picture) context.drawImage(this.#picture, 0, 0, width, width);
    draw(context, this.#strokes, colourOf('ink'), width);
    if (!this.#pen) return;
    context.strokeStyle = colourOf(this.#isDown ? 'against' : 'accent');
    context.lineWidth = 3;
    context.beginPath();
    context.arc(this.#pen.x * width, this.#pen.y * width, (PEN * width) / 2 + 3, 0, 2 * Math.PI);
    context.stroke();
  }
}

function within(place: number): number {
  return Math.min(1, Math.max(0, place));
}

function draw(
  context: CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D,
  strokes: Strokes,
  colour: string,
  side: number,
): void {
  context.strokeStyle = colour;
  context.lineWidth = PEN * side;
  context.lineCap = 'round';
  context.lineJoin = 'round';
  context.fillStyle = colour;
  for (const [first, ...others] of strokes) {
    // A line without length is not drawn, so each stroke begins with a dot.
    context.beginPath();
    context.arc(first.x * side, first.y * side, (PEN * side) / 2, 0, 2 * Math.PI);
    context.fill();
    context.beginPath();
    context.moveTo(first.x * side, first.y * side);
    for (const { x, y } of others) context.lineTo(x * side, y * side);
    context.stroke();
  }
}
