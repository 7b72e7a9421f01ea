// What stands where data would: why there are none, or that they are on their way.
import type { ComponentChildren } from "preact";
import type { Fault } from "../source";

/** A heading, what it means, and what to do about it. */
export function Empty({ title, children }: { title: string; children?: ComponentChildren }) {
  return (
    <section class="empty">
      <h2>{title}</h2>
      {children}
    </section>
  );
}

const TITLES: Readonly<Record<Fault["kind"], string>> = {
  gone: "The server is gone",
  unauthorised: "This address has no valid token",
  missing: "There is no such thing here",
  misread: "This page and its server do not understand each other",
  refused: "The server says no",
};

function advice(fault: Fault): ComponentChildren {
  switch (fault.kind) {
    case "gone":
      return (
        <p>
          Where <code>petri view</code> was stopped, start it again and open the address it prints. What was read stays as it is.
        </p>
      );
    case "unauthorised":
      return (
        <p>
          The address that <code>petri view</code> printed when it started holds the token. Open it again from the terminal; if it is no longer there, stop the
          server with <kbd>Ctrl</kbd> <kbd>C</kbd> and start it anew.
        </p>
      );
    case "missing":
    case "misread":
    case "refused":
      return null;
  }
}

/** Why there are no data, and a way to ask again. */
export function FaultNote({ fault, retry }: { fault: Fault; retry?: (() => void) | undefined }) {
  return (
    <section class="empty" role="alert">
      <h2>{TITLES[fault.kind]}</h2>
      <p>{fault.message}</p>
      {advice(fault)}
      {retry !== undefined && fault.kind !== "unauthorised" && (
        <button type="button" onClick={retry}>
          Try again
        </button>
      )}
    </section>
  );
}

/** Lines that stand for text on its way. */
export function Skeleton({ lines = 6 }: { lines?: number }) {
  return (
    <div class="skeleton" role="status" aria-label="Loading">
      {Array.from({ length: lines }, (_, position) => (
        <span key={position} class="skeleton-line" />
      ))}
    </div>
  );
}
