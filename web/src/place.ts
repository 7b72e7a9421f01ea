// The route in the address bar, as state: read with `usePlace`, changed with `go` and `amend`.
import { useEffect, useState } from "preact/hooks";
import { format, parse, type Route } from "./route";

const MOVED = "petri:moved";

/** Where the page is now. */
export function place(): Route {
  return parse(location.hash);
}

/** Goes to a route: as a new step of the history, or in place of the present one. */
export function go(route: Route, how: "push" | "replace" = "push"): void {
  const address = format(route);
  if (address === location.hash) return;
  if (how === "push") history.pushState(null, "", address);
  else history.replaceState(null, "", address);
  dispatchEvent(new Event(MOVED));
}

/** Changes fields of a route in place; a field given as undefined is taken out. */
export function amend<R extends Route>(route: R, fields: { readonly [K in keyof R]?: R[K] | undefined }, how: "push" | "replace" = "replace"): void {
  const merged: Readonly<Record<string, unknown>> = { ...route, ...fields };
  const kept = Object.entries(merged).filter(([, value]) => value !== undefined);
  go(Object.fromEntries(kept) as unknown as Route, how);
}

/** The route in the address bar, kept up to date. */
export function usePlace(): Route {
  const [route, set] = useState(place);
  useEffect(() => {
    const moved = (): void => set(place());
    const events = ["hashchange", "popstate", MOVED];
    for (const name of events) addEventListener(name, moved);
    moved();
    return () => {
      for (const name of events) removeEventListener(name, moved);
    };
  }, []);
  return route;
}
