/** An answer in parts: between `head` and `tail` stands where it comes from, which is the request's. */
export interface AnswerPieces {
  readonly head: string;
  readonly tail: string;
  /** The parts as UTF-8, made when a list first needs them; a kept answer is listed many times. */
  headBytes?: Buffer;
  tailBytes?: Buffer;
}

export interface PlacedAnswer {
  readonly pieces: AnswerPieces;
  readonly origin: string;
}

export function toText({ pieces, origin }: PlacedAnswer): string {
  return pieces.head + origin + pieces.tail;
}

const opening = Buffer.from('{"data":[');
const comma = 0x2c;
const closing = Buffer.from("]}");

/**
 * `{"data": [...]}` of all answers, written into one buffer. Joining them as strings first would
 * copy every byte three times, which for a hundred answers costs as much as finding them.
 */
export function toListBytes(answers: readonly PlacedAnswer[]): Buffer {
  let total = opening.length + closing.length + answers.length;
  for (const { pieces, origin } of answers) {
    pieces.headBytes ??= Buffer.from(pieces.head, "utf8");
    pieces.tailBytes ??= Buffer.from(pieces.tail, "utf8");
    // Instants, a number and a word: one byte a character.
    total += pieces.headBytes.length + origin.length + pieces.tailBytes.length;
  }
  const bytes = Buffer.allocUnsafe(total);
  let at = opening.copy(bytes);
  // All answers from memory share one origin, so its bytes are made once.
  let origin: string | undefined;
  let originBytes = opening;
  let isFirst = true;
  for (const answer of answers) {
    if (!isFirst) {
      bytes[at] = comma;
      at += 1;
    }
    isFirst = false;
    if (answer.origin !== origin) {
      origin = answer.origin;
      originBytes = Buffer.from(origin, "latin1");
    }
    const { headBytes, tailBytes } = answer.pieces as Required<AnswerPieces>;
    bytes.set(headBytes, at);
    at += headBytes.length;
    bytes.set(originBytes, at);
    at += originBytes.length;
    bytes.set(tailBytes, at);
    at += tailBytes.length;
  }
  at += closing.copy(bytes, at);
  return bytes.subarray(0, at);
}
