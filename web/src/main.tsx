import { render } from "preact";
import { App } from "./app";
import { SessionContext } from "./data";
import { listen } from "./keys";
import { Live } from "./live";
import { FaultNote } from "./parts/notes";
import { exchangeToken, Fault, hasToken, sourceOf } from "./source";
import { badgesEverywhere } from "./text/everywhere";
import { startTheme } from "./theme";
import "./style/tokens.css";
import "./style/base.css";
import "./style/parts.css";
import "./style/text.css";
import "./style/runs.css";
import "./style/audits.css";
import "./style/list.css";
import "./style/search.css";
import "./style/transcript.css";
import "./style/drawings.css";
import "./style/said.css";
import "./style/pair.css";
import "./style/compare.css";
import "./style/charts.css";
import "./style/report.css";
import "./style/annotate.css";

async function start(root: HTMLElement): Promise<void> {
  badgesEverywhere();
  startTheme();
  try {
    const source = sourceOf(document);
    await exchangeToken(source);
    const live = source.live ? new Live() : null;
    listen();
    render(
      <SessionContext.Provider value={{ source, live }}>
        <App />
      </SessionContext.Provider>,
      root,
    );
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    render(<FaultNote fault={error} />, root);
  }
}

// An address with a token that is opened where the page already is changes only what follows the #.
addEventListener("hashchange", () => {
  if (hasToken()) location.reload();
});

const root = document.getElementById("app");
if (root !== null) void start(root);
