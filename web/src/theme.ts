// Light or dark: as the system has it, until somebody chooses.
const KEY = "petri-theme";

export type Theme = "light" | "dark";

function stored(): Theme | null {
  try {
    const value = localStorage.getItem(KEY);
    return value === "light" || value === "dark" ? value : null;
  } catch {
    // A file opened by double click may have no storage; then the choice lasts as long as the page.
    return null;
  }
}

function preferred(): Theme {
  return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

function show(theme: Theme): void {
  document.documentElement.dataset["theme"] = theme;
}

/** Shows the theme that was chosen, or else follows the system. */
export function startTheme(): void {
  show(stored() ?? preferred());
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    if (stored() === null) show(preferred());
  });
}

/** Changes to the other theme and keeps it. */
export function toggleTheme(): Theme {
  const theme: Theme = document.documentElement.dataset["theme"] === "dark" ? "light" : "dark";
  show(theme);
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // As above.
  }
  return theme;
}
