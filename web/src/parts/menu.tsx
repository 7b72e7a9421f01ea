import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

export interface MenuItem {
  readonly label: ComponentChildren;
  /** Of an item that is on or off. */
  readonly checked?: boolean;
  run(): void;
}

function focusItem(list: HTMLElement | null, step: number): void {
  const items = [...(list?.querySelectorAll<HTMLElement>("[role^=menuitem]") ?? [])];
  const at = items.findIndex((item) => item === document.activeElement);
  items[(at + step + items.length) % items.length]?.focus();
}

/** A button that opens a list of things to do; items that are on or off leave it open. */
export function Menu({ label, title, items }: { label: ComponentChildren; title?: string; items: readonly MenuItem[] }) {
  const [open, setOpen] = useState(false);
  const frame = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (!open) return undefined;
    frame.current?.querySelector<HTMLElement>("[role^=menuitem]")?.focus();
    const outside = (event: Event): void => {
      if (event.target instanceof Node && frame.current?.contains(event.target) !== true) setOpen(false);
    };
    addEventListener("pointerdown", outside);
    return () => removeEventListener("pointerdown", outside);
  }, [open]);
  const keyed = (event: KeyboardEvent): void => {
    if (!open) return;
    if (event.key === "Escape") {
      setOpen(false);
      button.current?.focus();
    } else if (event.key === "ArrowDown") focusItem(frame.current, 1);
    else if (event.key === "ArrowUp") focusItem(frame.current, -1);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const choose = (item: MenuItem): void => {
    item.run();
    if (item.checked !== undefined) return;
    setOpen(false);
    button.current?.focus();
  };
  return (
    <div class="menu" ref={frame} onKeyDown={keyed}>
      <button type="button" class="quiet" ref={button} title={title} aria-haspopup="menu" aria-expanded={open} onClick={() => setOpen(!open)}>
        {label}
      </button>
      {open && (
        <ul class="menu-list" role="menu">
          {items.map((item, position) => (
            <li key={position} role="none">
              <button
                type="button"
                role={item.checked === undefined ? "menuitem" : "menuitemcheckbox"}
                aria-checked={item.checked}
                tabIndex={-1}
                onClick={() => choose(item)}
              >
                {item.label}
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
