// Names as they stand where there is little room; the whole of it is on hover.

/** The last part of a name that is a path, such as a model without its provider, and without what it was started with: `(args=…)`. */
export function shortName(name: string): string {
  const started = name.endsWith(")") ? name.indexOf(" (") : -1;
  const bare = started > 0 ? name.slice(0, started) : name;
  return /[^/]+$/u.exec(bare)?.[0] ?? name;
}

/** A run's id without the time it begins with. */
export function runName(id: string): string {
  return id.replace(/^\d{8}T\d{6}Z-(?=.)/u, "");
}

/** The first names in short, and how many more there are. */
export function several(names: readonly string[], most = 2): string {
  const shown = names.slice(0, most).map(shortName).join(", ");
  return names.length > most ? `${shown} +${names.length - most}` : shown;
}
