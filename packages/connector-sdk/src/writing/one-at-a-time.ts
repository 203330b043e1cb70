/** Runs tasks of one key one after the other, tasks of different keys side by side. */
export interface OneAtATime {
  run<T>(key: string, task: () => Promise<T>): Promise<T>;
}

export function createOneAtATime(): OneAtATime {
  const last = new Map<string, Promise<unknown>>();
  return {
    run(key, task) {
      const before = last.get(key) ?? Promise.resolve();
      // However the one before ended, it is over.
      const mine = before.then(task, task);
      last.set(key, mine);
      const leave = () => {
        if (last.get(key) === mine) last.delete(key);
      };
      mine.then(leave, leave);
      return mine;
    },
  };
}
