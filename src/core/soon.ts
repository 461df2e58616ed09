/** Calls back, if there is anything to call, when all that runs now is done, in turn: what it throws stands in the console and stops nothing. */
export const soon = <T>(callback: ((value: T) => void) | undefined, value?: T): void => {
  Promise.resolve(value as T).then(callback);
};
