/** A section of a report: its heading can be gone to from the list of contents. */
import type { ComponentChildren } from "preact";
import { whole } from "../../numbers";

interface Props {
  /** Names it in addresses. */
  readonly id: string;
  readonly title: string;
  readonly children: ComponentChildren;
}

export function Section({ id, title, children }: Props) {
  return (
    <section class="report-section" id={sectionId(id)} aria-labelledby={`${sectionId(id)}-title`}>
      <h2 id={`${sectionId(id)}-title`}>{title}</h2>
      {children}
    </section>
  );
}

export function sectionId(id: string): string {
  return `report-${id}`;
}

/** A table that scrolls on a narrow screen, and on paper is whole. */
export function Wide({ label, children }: { label: string; children: ComponentChildren }) {
  return (
    <div class="scroll-x" role="region" aria-label={label} tabIndex={0}>
      {children}
    </div>
  );
}

/** A number of audits that leads to them, where there are any. */
export function Counted({ n, href, what }: { n: number; href: string; what?: string }) {
  if (n === 0) return <>0</>;
  return (
    <a href={href} aria-label={what === undefined ? undefined : `${whole(n)} ${what}`}>
      {whole(n)}
    </a>
  );
}

/** Dimensions of which there is nothing more to say, each with its link. */
export function Together({ names, href }: { names: readonly string[]; href: (name: string) => string }) {
  return (
    <>
      {names.map((name, at) => (
        <span key={name}>
          {at === 0 ? "" : ", "}
          <a href={href(name)}>{name}</a>
        </span>
      ))}
    </>
  );
}
