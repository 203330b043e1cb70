/** One side of a comparison: does `amount` units of work and says what it answered. */
export interface Side {
  readonly name: string;
  /** Runs for about `milliseconds` and returns units of work a second (or bytes, or milliseconds: one unit for both sides). */
  measure(milliseconds: number): Promise<number>;
}

/** A ratio of two sides measured in turn. Never an absolute time. */
export interface Comparison {
  readonly name: string;
  readonly subject: Side;
  readonly baseline: Side;
  readonly better: "higher" | "lower";
  /** The bound the project holds itself to, and the one it would like. */
  readonly goal: number;
  readonly stretch: number | null;
  /** How long a side is measured in a round, where the usual time is too short to say anything. */
  readonly roundMs?: number;
  /** Into how many alternating slices a round is cut; default 4. */
  readonly pairsPerRound?: number;
  /** How the rounds become one figure. */
  readonly figure: "best" | "median";
  /** Compares what both sides answered, for as many cases as it returns; throws when they differ. */
  compareAnswers(): Promise<number>;
}

export interface Benchmark {
  readonly name: string;
  readonly about: string;
  /** Sets the stage, hands over its comparisons, and clears up when `stop` is called. */
  prepare(
    context: BenchmarkContext,
  ): Promise<{ readonly comparisons: readonly Comparison[]; stop(): Promise<void> }>;
}

export interface BenchmarkContext {
  readonly say: (line: string) => void;
  readonly isQuick: boolean;
}

/** The written form; field names are fixed by the design's chapter on measuring. */
export interface BenchmarkResult {
  readonly name: string;
  readonly subject: string;
  readonly baseline: string;
  readonly ratio: number;
  readonly better: "higher" | "lower";
  readonly goal: number;
  readonly stretch: number | null;
  readonly rounds: readonly {
    readonly subject: number;
    readonly baseline: number;
    readonly ratio: number;
  }[];
  readonly answers_compared: number;
}
