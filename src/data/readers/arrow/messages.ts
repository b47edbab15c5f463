/** The messages of an Arrow stream, or of a file, which is a stream with a directory after it. */
import type { ByteReader } from '../byte-reader.js';
import { viewOf } from '../bytes.js';
import { FlatTable } from './flatbuffer.js';

/** Most bytes of a description, and of the values after it: a writer of tables makes batches of some megabytes. */
const MAX_HEAD = 2 ** 28;
const MAX_BODY = 2 ** 31;
/** Most bytes of the first description in the old way of writing, of which text has none as short. */
const MAX_FIRST = 2 ** 24;
/** What precedes the length of a description since version 0.15 of Arrow. */
const CONTINUATION = 0xffffffff;

/** A message: a description, and the bytes that it describes. */
export interface Message {
  readonly kind: 'schema' | 'dictionary' | 'batch' | 'other';
  readonly version: number;
  readonly header: FlatTable;
  readonly body: Uint8Array;
}

const kinds: readonly Message['kind'][] = ['other', 'schema', 'dictionary', 'batch'];

/**
 * The messages up to the end of a stream.
 *
 * @throws Error if they are damaged or cut off
 */
export async function* messagesIn(bytes: ByteReader): AsyncGenerator<Message> {
  const magic = await bytes.take(8);
  const signature = String.fromCharCode(...magic);
  if (signature.startsWith('FEA1')) {
    throw new Error(
      'it is a Feather file of version 1, expected version 2: write it again with a newer program',
    );
  }
  const isFile = signature.startsWith('ARROW1');
  let next = isFile ? await bytes.take(8) : magic;
  let isFirst = true;
  for (;;) {
    if (next.length === 0 && !isFile) return;
    if (next.length < 4) throw cutOff();
    const first = viewOf(next).getUint32(0, true);
    const isOld = first !== CONTINUATION;
    if (!isOld && next.length < 8) throw cutOff();
    const length = isOld ? first : viewOf(next).getUint32(4, true);
    if (length === 0) return;
    if (isOld && isFirst && length > MAX_FIRST) {
      throw new Error('it begins neither with ARROW1, as a file does, nor with a message, as a stream does');
    }
    isFirst = false;
    if (length > MAX_HEAD) throw new Error(`a message claims a description of ${length} bytes`);
    const begun = next.slice(isOld ? 4 : 8);
    const more = await bytes.take(Math.max(0, length - begun.length));
    const head = new Uint8Array(begun.length + more.length);
    head.set(begun);
    head.set(more, begun.length);
    if (head.length < length) throw cutOff();
    const message = FlatTable.root(viewOf(head));
    const header = message.table(2);
    const bodyLength = message.long(3);
    if (!header) throw new Error('a message has no description');
    if (!(bodyLength >= 0 && bodyLength <= MAX_BODY)) {
      throw new Error(
        `a message claims ${bodyLength} bytes, expected at most ${MAX_BODY}: write smaller batches`,
      );
    }
    const body = await bytes.take(bodyLength);
    if (body.length < bodyLength) throw cutOff();
    yield { kind: kinds[message.byte(1)] ?? 'other', version: message.short(0), header, body };
    next = await bytes.take(8);
  }
}

function cutOff(): Error {
  return new Error('found its end within a message: the file was cut off');
}
