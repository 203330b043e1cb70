/**
 * What all tenants' kept answers and texts may take together, so that the memory of a process does
 * not grow with the number of its tenants. Where it is too much, whoever holds the most forgets all
 * of it: so nobody is kept from being answered quickly by others who asked earlier, and asked more.
 */
export interface AnswersBudget {
  /** `forget` must release everything that the account holds. */
  openAccount(forget: () => void): AnswersAccount;
  /** Of all accounts; never more than the budget once `spend` has returned. */
  readonly held: number;
}

/** In characters. Spend what is kept already: it may be forgotten before `spend` returns. */
export interface AnswersAccount {
  spend(characters: number): void;
  release(characters: number): void;
  readonly held: number;
}

/** An entry's share of objects and tables, beside its characters. */
export const entryCharacters = 150;

interface Holder {
  held: number;
  readonly forget: () => void;
}

/** Some hundred megabytes: two tenants with as much as one may keep, or hundreds with what most do. */
const charactersMaxOfAll = 256_000_000;

export function createAnswersBudget(charactersMax = charactersMaxOfAll): AnswersBudget {
  const holders: Holder[] = [];
  let total = 0;

  const makeRoom = () => {
    while (total > charactersMax) {
      const before = total;
      holders.reduce((most, one) => (one.held > most.held ? one : most)).forget();
      if (total >= before) throw new Error("Answers were to be forgotten, and are still held.");
    }
  };

  return {
    openAccount(forget) {
      const holder: Holder = { held: 0, forget };
      holders.push(holder);
      return {
        spend(characters) {
          holder.held += characters;
          total += characters;
          if (total > charactersMax) makeRoom();
        },
        release(characters) {
          holder.held -= characters;
          total -= characters;
        },
        get held() {
          return holder.held;
        },
      };
    },
    get held() {
      return total;
    },
  };
}
