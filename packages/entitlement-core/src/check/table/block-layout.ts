/**
 * A customer's block, in 32-bit words from its start; `f64` takes two words at an even place.
 * Places inside a block are relative to its start, so a block can be moved as it is.
 *
 *     header        number of cells · unused
 *     cell × n      from f64 · to f64 · feature | grace days << 16 · payload · entitlement · meter
 *     or            segments · how many · entitlements · unused · feature · manySegments · entitlement · meter
 *     meter         told period from f64 · used f64 · carried f64 [ · window from, to, period from, to f64 ]
 *     segment × n   from f64 · payload · standing
 *     entitlement   id × 4 · source · template · supersedes (0: nothing) [ · unused · from f64 · to f64 ]
 *     source        order · offering · line
 *     order         id × 4 · revision | override << 31 · decisions
 *     id            × 4
 *     text          bytes · Latin-1, four a word        or   all ones · interned
 *
 * Hot first: a check reads the header, one cell and its meter, which lie in a few cache lines.
 * A cell speaks for one feature. The common cell has one entitlement and carries its interval; the
 * entitlements of a cell with segments follow one another and carry theirs themselves.
 */
export const headerWords = 2;
export const cellWords = 8;
export const seatMeterWords = 6;
export const meteredMeterWords = 14;
export const segmentWords = 4;
export const entitlementWords = 7;
export const datedEntitlementWords = 12;
export const sourceWords = 3;
export const orderWords = 6;

/** In a cell's payload word. */
export const manySegments = 0x8000_0000;
/** In an order's revision word. */
export const isOverride = 0x8000_0000;
/** In a text's length word: the next word is the number of an interned string. */
export const internedText = 0xffff_ffff;

/** `told period from` for a feature whose usage has no period. */
export const noPeriod = Number.NEGATIVE_INFINITY;

/** A segment's standing, by its place in this list. */
export const standings = ["absent", "not_yet_active", "active", "in_grace", "expired"] as const;

export const dayMs = 86_400_000;
