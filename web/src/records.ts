// Keys that come from data name nothing of an object's own: what is read of a record is only what it was given.

/** What a record has under a key, or undefined; never what every object has, such as `constructor`. */
export function pick<T>(record: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

/** A record as a map. */
export function mapOf<T>(record: Readonly<Record<string, T>>): ReadonlyMap<string, T> {
  return new Map(Object.entries(record));
}
