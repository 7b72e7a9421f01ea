/** Give items with those that fit before the others, and their order otherwise. */
export function foremost<T>(items: readonly T[], fits: (item: T) => boolean): readonly T[] {
  return [...items.filter(fits), ...items.filter((item) => !fits(item))];
}
