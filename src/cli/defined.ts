type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** Without what is not there: operations take what was said. */
export function defined<T extends object>(value: T): Defined<T> {
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as Defined<T>;
}
