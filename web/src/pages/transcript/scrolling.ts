// Going to a place on the page, and staying at one while what is above it changes.

/** So many frames a place is kept in view while texts around it take their size. */
const FRAMES = 24;
const STEADY = 3;

let running = 0;

/** Bring an element to a part of the window's height, from 0 to 1, and keep it there until the page is still or a person scrolls. */
export function bring(find: () => Element | null, part = 0.4): void {
  hold(find, (box) => box.top + Math.min(box.height, 40) / 2 - innerHeight * part, 48);
}

/** Keep an element where it is in the window, whatever happens above it. */
export function keep(find: () => Element | null, top: number): void {
  hold(find, (box) => box.top - top, 1);
}

function hold(find: () => Element | null, off: (box: DOMRect) => number, slack: number): void {
  running += 1;
  const mine = running;
  let left = FRAMES;
  let steady = 0;
  const stop = (): void => {
    if (running === mine) running += 1;
  };
  for (const event of ["wheel", "touchmove", "pointerdown"]) addEventListener(event, stop, { once: true, passive: true });
  const frame = (): void => {
    if (running !== mine) return;
    const element = find();
    const distance = element === null ? 0 : off(element.getBoundingClientRect());
    if (element === null || Math.abs(distance) <= slack) steady += element === null ? 0 : 1;
    else {
      steady = 0;
      scrollBy({ top: distance, behavior: "instant" });
    }
    left -= 1;
    if (left > 0 && steady < STEADY) requestAnimationFrame(frame);
  };
  frame();
}
