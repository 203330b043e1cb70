/** A view of one buffer as words and, at half the index, as doubles. */
export interface Views {
  readonly words: Uint32Array;
  readonly doubles: Float64Array;
}

/**
 * One growing buffer of blocks, one block a customer. A written block is never overwritten by
 * another: a replaced one stays as garbage until a compaction copies the living into a new buffer.
 * So whoever holds the views of a moment can read every block of that moment.
 */
export interface BlockArena {
  /** Views as of now; another object after growth or compaction. */
  views: Views;
  /** Copies the first `words` words of `source` in and answers where, in words. */
  add(source: Uint32Array, words: number): number;
  /** Says that a block is no longer used. */
  release(words: number): void;
  /** True when so much is garbage that copying the living pays off. */
  readonly wantsCompaction: boolean;
  /** Moves every living block and answers where each went, in the order given. */
  compact(living: Iterable<{ readonly at: number; readonly words: number }>): readonly number[];
  /** Gives back what is held beyond a small reserve. */
  trim(): void;
  /** Bytes held, the unused tail included. */
  readonly bytes: number;
}

const firstWords = 1 << 12;

/** Few, large steps while it grows; what is too much afterwards is given back by `trim`. */
const growth = 1.25;
const slackMax = 1.0625;

export function createBlockArena(): BlockArena {
  let used = 0;
  let garbage = 0;
  let views = viewsOf(firstWords);

  const reserve = (words: number): void => {
    if (words <= views.words.length) return;
    const grown = viewsOf(Math.max(Math.ceil(words * growth), firstWords));
    grown.words.set(views.words.subarray(0, used));
    views = grown;
  };

  return {
    get views() {
      return views;
    },
    add(source, words) {
      const at = used;
      reserve(used + words);
      views.words.set(source.subarray(0, words), at);
      used += evenWords(words);
      return at;
    },
    release(words) {
      garbage += evenWords(words);
    },
    get wantsCompaction() {
      return garbage > firstWords && garbage > used / 4;
    },
    compact(living) {
      const from = views.words;
      const places: number[] = [];
      views = viewsOf(Math.max(Math.ceil((used - garbage) * slackMax), firstWords));
      used = 0;
      garbage = 0;
      for (const { at, words } of living) {
        reserve(used + words);
        views.words.set(from.subarray(at, at + words), used);
        places.push(used);
        used += evenWords(words);
      }
      return places;
    },
    trim() {
      const enough = Math.max(Math.ceil(used * slackMax), firstWords);
      if (enough >= views.words.length) return;
      const trimmed = viewsOf(enough);
      trimmed.words.set(views.words.subarray(0, used));
      views = trimmed;
    },
    get bytes() {
      return views.words.byteLength;
    },
  };
}

/** Blocks start at even words, so that their doubles are aligned. */
function evenWords(words: number): number {
  return words + (words & 1);
}

function viewsOf(words: number): Views {
  const buffer = new ArrayBuffer(evenWords(words) * 4);
  return { words: new Uint32Array(buffer), doubles: new Float64Array(buffer) };
}
