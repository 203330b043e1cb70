/**
 * The UTF-8 bytes of a text, each as one character of a string: what Node calls `latin1` (or
 * `binary`). Such a string is one flat run of memory, its length is its Content-Length, and Node
 * writes it in one piece with the head. A template's result is none of that: it stays a tree of
 * pieces, to be walked through cold memory every time that it is sent.
 */
export type Octets = string & { readonly __octets: true };

export function toOctets(text: string): Octets {
  return Buffer.from(text, "utf8").toString("latin1") as Octets;
}

/** An answer as JSON, less its last members: see `originJson`. */
export interface AnswerText {
  readonly octets: Octets;
  /** Its last members where it has its own; null: those of the request, which all answers from memory share. */
  readonly origin: string | null;
}

export function toWhole(answer: AnswerText, origin: string): Octets {
  return `${answer.octets}${answer.origin ?? origin}` as Octets;
}

const opening = '{"data":[';
const closing = "]}";
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
  const shared = Buffer.from(origin + comma, "latin1");
  let total = opening.length + closing.length;
  for (const answer of answers) {
    const end = answer.origin === null ? shared.length : answer.origin.length + comma.length;
    total += answer.octets.length + end;
  }
  const list = total <= lentBytes ? (lent.pop() ?? Buffer.allocUnsafe(lentBytes)) : null;
  const into = list ?? Buffer.allocUnsafe(total);
  let at = into.write(opening, 0, "latin1");
  for (const answer of answers) {
    at += into.write(answer.octets, at, "latin1");
    if (answer.origin === null) {
      into.set(shared, at);
      at += shared.length;
    } else at += into.write(answer.origin + comma, at, "latin1");
  }
  if (answers.length > 0) at -= comma.length;
  at += into.write(closing, at, "latin1");
  const release = () => {
    if (list !== null && lent.length < lentMax) lent.push(list);
  };
  return { bytes: into.subarray(0, at), release };
}

// A buffer made for each list would be cold memory, and hundreds of megabytes a second to collect.
const lent: Buffer[] = [];
const lentBytes = 128 * 1024;
const lentMax = 16;
