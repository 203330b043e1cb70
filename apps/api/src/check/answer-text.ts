/** An answer as text, less its last members: see `originJson`. */
export interface AnswerText {
  readonly text: string;
  /** The text as UTF-8; null until a list first needs it. A kept answer is listed many times. */
  bytes: Buffer | null;
  /** Its last members where it has its own; null: those of the request, which all answers from memory share. */
  readonly origin: string | null;
}

export function toText(answer: AnswerText, origin: string): string {
  return answer.text + (answer.origin ?? origin);
}

const opening = Buffer.from('{"data":[');
const closing = Buffer.from("]}");
const comma = ",";

/** Bytes of a list, in memory that goes back to where it came from by `release`, once they are sent. */
export interface ListBytes {
  readonly bytes: Buffer;
  readonly release: () => void;
}

/**
 * `{"data": [...]}` of all answers, written into one buffer. Joining them as strings first would
 * copy every byte three times, which for a hundred answers costs as much as finding them. An
 * answer of its own is one run of bytes, since with many customers each further one is another
 * wait for memory.
 */
export function toListBytes(answers: readonly AnswerText[], origin: string): ListBytes {
  // Instants, a number and a word: one byte a character, so bytes can be counted as characters.
  const shared = Buffer.from(origin + comma, "latin1");
  let total = opening.length + closing.length;
  for (const answer of answers) {
    answer.bytes ??= Buffer.from(answer.text, "utf8");
    const end = answer.origin === null ? shared.length : answer.origin.length + comma.length;
    total += answer.bytes.length + end;
  }
  const list = total <= lentBytes ? (lent.pop() ?? Buffer.allocUnsafe(lentBytes)) : null;
  const into = list ?? Buffer.allocUnsafe(total);
  let at = opening.copy(into);
  for (const answer of answers) {
    const bytes = answer.bytes as Buffer;
    into.set(bytes, at);
    at += bytes.length;
    if (answer.origin === null) {
      into.set(shared, at);
      at += shared.length;
    } else at += into.write(answer.origin + comma, at, "latin1");
  }
  if (answers.length > 0) at -= comma.length;
  at += closing.copy(into, at);
  const release = () => {
    if (list !== null && lent.length < lentMax) lent.push(list);
  };
  return { bytes: into.subarray(0, at), release };
}

// A buffer made for each list would be cold memory, and hundreds of megabytes a second to collect.
const lent: Buffer[] = [];
const lentBytes = 128 * 1024;
const lentMax = 16;
