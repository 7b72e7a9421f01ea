// Where messages and forks stand on the page, by what they are; nothing in the page is named after data.

export class Places {
  private readonly elements = new Map<string, HTMLElement>();

  put(name: string, element: HTMLElement | null): void {
    if (element === null) this.elements.delete(name);
    else this.elements.set(name, element);
  }

  get(name: string): HTMLElement | null {
    const element = this.elements.get(name);
    return element?.isConnected === true ? element : null;
  }

  /** Give which of some messages is at a height of the window: the last one that begins above it. */
  at(names: readonly string[], height: number): string | null {
    let low = 0;
    let high = names.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      const top = this.get(names[middle] ?? "")?.getBoundingClientRect().top ?? Infinity;
      if (top <= height) low = middle;
      else high = middle - 1;
    }
    return names[low] ?? null;
  }
}
