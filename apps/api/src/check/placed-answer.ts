/** An answer as text of its own, less its last members: see `originJson`. */
export interface AnswerText {
  readonly text: string;
  /** The text as UTF-8; null until a list first needs it. A kept answer is listed many times. */
  bytes: Buffer | null;
}

/** An answer and where it comes from, which is the request's: the one stands in memory, the other is new each time. */
export interface PlacedAnswer {
  readonly answer: AnswerText;
  readonly origin: string;
}

export function toText({ answer, origin }: PlacedAnswer): string {
  return answer.text + origin;
}

const opening = Buffer.from('{"data":[');
const closing = Buffer.from("]}");
const comma = ",";

/**
 * `{"data": [...]}` of all answers, written into one buffer. Joining them as strings first would
 * copy every byte three times, which for a hundred answers costs as much as finding them. An
 * answer of its own is one run of bytes, since with many customers each further one is another
 * wait for memory.
 */
export function toListBytes(answers: readonly PlacedAnswer[]): Buffer {
  let total = opening.length + closing.length;
  for (const { answer, origin } of answers) {
    answer.bytes ??= Buffer.from(answer.text, "utf8");
    // Instants, a number and a word: one byte a character.
    total += answer.bytes.length + origin.length + comma.length;
  }
  const list = Buffer.allocUnsafe(total);
  let at = opening.copy(list);
  // All answers from memory share one origin, so its bytes are made once, the comma after it too.
  let origin: string | undefined;
  let originBytes = opening;
  for (const placed of answers) {
    if (placed.origin !== origin) {
      origin = placed.origin;
      originBytes = Buffer.from(origin + comma, "latin1");
    }
    const bytes = placed.answer.bytes as Buffer;
    list.set(bytes, at);
    at += bytes.length;
    list.set(originBytes, at);
    at += originBytes.length;
  }
  if (answers.length > 0) at -= comma.length;
  at += closing.copy(list, at);
  return list.subarray(0, at);
}
