import type { Files } from 'digit-classifier/artifacts';
import { html, nothing, render } from 'lit-html';
import { type ExampleName, exampleAddress } from './examples.js';
import { fingerprintOf } from './fingerprint.js';
import { sentenceOf } from './page.js';
import { byteCount } from './quantity.js';
import type { Subject } from './subject.js';
import { termButton } from './terms.js';

/** A file that can be downloaded. */
interface Download {
  readonly name: string;
  /** What it contains. */
  readonly content: string;
  readonly url: string;
  /** Size in bytes. */
  readonly size: number;
}

export interface TakePanel {
  /** Shows the files of a model, and the table of its training if that is an example. */
  show(subject: Subject, example?: ExampleName): void;
  /** Makes the files, when the panel becomes visible. */
  enter(): void;
  /** Opens a `model.json`, or shows why that failed. */
  open(file: File): Promise<void>;
}

/**
 * @param makeFiles makes all files of the current model
 * @param openModel opens a `model.json`
 */
export function createTakePanel(
  root: HTMLElement,
  makeFiles: () => Promise<Files>,
  openModel: (file: File) => Promise<void>,
): TakePanel {
  let subject: Subject | undefined;
  let example: ExampleName | undefined;
  let files: Download[] | undefined;
  let making = false;
  let complaint = '';
  /** Apart from the other, since files may be made while a model is opened. */
  let complaintOfMaking = '';
  let fingerprint: string | undefined;
  let copied = false;

  async function make(): Promise<void> {
    if (making || files || !subject) return;
    const of = subject;
    making = true;
    complaintOfMaking = '';
    draw();
    try {
      const [made, hash] = await Promise.all([makeFiles(), fingerprintOf(of.model)]);
      const offered = await offer(made);
      if (of === subject) [files, fingerprint] = [offered, hash];
    } catch (error) {
      complaintOfMaking = sentenceOf(error);
    }
    making = false;
    draw();
    // Another model has replaced it meanwhile.
    if (of !== subject) await make();
  }

  async function copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(subject?.command ?? '');
      copied = true;
    } catch {
      complaint = 'The browser did not allow copying: select the command and copy it by hand.';
    }
    draw();
  }

  async function open(file: File): Promise<void> {
    complaint = '';
    try {
      await openModel(file);
    } catch (error) {
      complaint = sentenceOf(error);
    }
    draw();
  }

  function forget(): void {
    for (const { url } of files ?? []) URL.revokeObjectURL(url);
    files = undefined;
    fingerprint = undefined;
  }

  const draw = () =>
    render(
      html`
        <div class="columns">
          <section aria-labelledby="files-heading">
            <h3 id="files-heading">Files of this ${subject?.payloads.training_dynamics ? 'run' : 'model'}</h3>
            <p class="muted">The files that <code>digits train</code> writes, checked against the same schemas.</p>
            <p role="status">${making ? 'Drawing and checking…' : nothing}</p>
            ${files ? listOf(files) : nothing}
          </section>
          <section aria-labelledby="open-heading">
            <h3 id="open-heading">Open a model</h3>
            <p class="muted">See what a <code>model.json</code> has learnt, and draw digits for it. <code>digits train --save-model</code> writes one, too.</p>
            <label class="button">Open model.json…
              <input type="file" id="open-model" accept=".json,application/json"
                @change=${(event: Event) => {
                  const input = event.target as HTMLInputElement;
                  const [file] = input.files ?? [];
                  if (file) void open(file);
                  input.value = '';
                }} />
            </label>
            <p role="alert" class="complaint">${complaint || complaintOfMaking}</p>
            ${subject?.command ? [commandIn(subject.command, copied, copy), example ? tableIn(example) : nothing] : nothing} ${subject && fingerprint ? fingerprintIn(fingerprint, subject) : nothing}
          </section>
        </div>
      `,
      root,
    );
  draw();

  return {
    show(next, exampleOfNext) {
      subject = next;
      example = exampleOfNext;
      forget();
      complaint = '';
      complaintOfMaking = '';
      copied = false;
      if (root.hidden) draw();
      else void make();
    },
    enter: () => void make(),
    open,
  };
}

const listOf = (files: readonly Download[]) => html`
  <ul class="files">
    ${files.map(
      ({ name, content, url, size }) => html`<li>
        <a href=${url} download=${name}>${name}</a>
        <span class="muted">${content}</span>
        <span class="size">${byteCount(size)}</span>
      </li>`,
    )}
  </ul>`;

const commandIn = (command: string, copied: boolean, copy: () => void) => html`
  <h3>Do the same in a terminal</h3>
  <pre id="command" tabindex="0"><code>${command.split(' ').map((word, index) => html`${index > 0 ? ' ' : ''}<span>${word}</span>`)}</code></pre>
  ${isSecureContext ? html`<button type="button" @click=${copy}>${copied ? 'Copied' : 'Copy'}</button>` : nothing}`;

const tableIn = (example: ExampleName) => html`
  <p class="muted">It reads <a href=${exampleAddress(example)} download=${`${example}.csv`}>${example}.csv</a>: download it first.</p>`;

const fingerprintIn = (fingerprint: string, { command, model }: Subject) => html`
  <h3>${termButton('fingerprint', 'Fingerprint')} of the weights</h3>
  <p class="muted">SHA-256 of weights and bias as float32.
    ${command && !model.options.relaxed_simd ? 'With the same options it is the same on any machine.' : nothing}</p>
  <pre id="fingerprint" tabindex="0"><code>${fingerprint}</code></pre>`;

/** Creates a URL for each file, and for an archive of all of them. */
async function offer(files: Files): Promise<Download[]> {
  const [{ zipSync }, { contentOf }] = await Promise.all([import('fflate'), import('./file-contents.js')]);
  const encoder = new TextEncoder();
  const contents = Object.fromEntries(
    Array.from(files, ([name, content]) => [
      name,
      typeof content === 'string' ? encoder.encode(content) : content,
    ]),
  );
  return Object.entries({ 'digits.zip': zipSync(contents), ...contents }).map(([name, content]) => ({
    name,
    content: contentOf(name),
    size: content.length,
    url: URL.createObjectURL(new Blob([content as Uint8Array<ArrayBuffer>])),
  }));
}
